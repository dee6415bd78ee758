export { type DeviceProbe, probeDevices, requireDevice } from './devices.ts'
export { createNodeRuntime, type NodeRuntimeOptions } from './runtime.ts'
