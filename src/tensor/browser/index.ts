export type { OrtModule } from '../onnx/session.ts'
export { createWebRuntime } from './runtime.ts'
