import type { Device } from '../../tensor/index.ts'

/** @throws UserError when the device does not work here; ONNX Runtime is loaded only for another device than the processor */
export async function checkDevice(device: Device | undefined): Promise<void> {
  if (device === undefined || device === 'cpu') return
  const { createNodeRuntime, requireDevice } = await import('../../tensor/node/index.ts')
  await requireDevice(await createNodeRuntime(), device)
}
