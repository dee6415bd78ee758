export { type DeviceProbe, probeDevices } from './devices.ts'
export { createNodeRuntime, type NodeRuntimeOptions } from './runtime.ts'
