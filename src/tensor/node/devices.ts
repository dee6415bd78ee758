import { UserError } from '../../errors.ts'
import { compile } from '../compile.ts'
import { input } from '../graph.ts'
import { add } from '../ops/arithmetic.ts'
import { matmul } from '../ops/matmul.ts'
import type { Device, Runtime } from '../runtime.ts'

export interface DeviceProbe {
  readonly device: Device
  readonly works: boolean
  /** Why it does not, in ONNX Runtime's first line. */
  readonly reason?: string
}

/** Tries a small matrix product on each device and looks at the result. */
export async function probeDevices(runtime: Runtime, devices: readonly Device[] = ['cpu', 'webgpu', 'cuda']): Promise<DeviceProbe[]> {
  const probes: DeviceProbe[] = []
  for (const device of devices) probes.push(await probe(runtime, device))
  return probes
}

async function probe(runtime: Runtime, device: Device): Promise<DeviceProbe> {
  try {
    const x = input('x', [2, 2])
    const program = await compile(runtime, { y: add(matmul(x, x), 1) }, { device })
    const { y } = await program.run({ x: Float32Array.of(1, 2, 3, 4) })
    await program.release()
    const right = Array.from(y.data as Float32Array).join() === '8,11,16,23'
    return right ? { device, works: true } : { device, works: false, reason: 'it gives wrong results' }
  } catch (error) {
    // ONNX Runtime puts its source file and the condition that failed before what a person can read.
    const [line] = String(error instanceof Error ? error.message : error).split('\n')
    return { device, works: false, reason: line.replace(/^.* was false\. /, '') }
  }
}

/** @throws UserError when the device does not work here, with the reason and what to use instead */
export async function requireDevice(runtime: Runtime, device: Device): Promise<void> {
  if (device === 'cpu') return
  const [{ works, reason }] = await probeDevices(runtime, [device])
  if (!works)
    throw new UserError(
      `The device ${device} does not work here (${reason ?? 'no reason given'}): use --device cpu; "nascent doctor" says what works.`,
    )
}
