import type { SessionCache } from './cache.ts'
import type { CompileOptions } from './compile.ts'
import { blockedLayout } from './layout/blocked.ts'
import type { LayoutFactory } from './layout/layout.ts'
import type { Device, Runtime, SessionOptions } from './runtime.ts'

/** How a ready-made program (training.ts, inference.ts) is compiled. */
export interface ProgramOptions extends SessionOptions {
  readonly runtime: Runtime
  /** Shares sessions of equal models. */
  readonly cache?: SessionCache
  /** `auto` (default): the blocked layout where the runtime and the device have it; `plain`: standard operators only. */
  readonly layout?: 'auto' | 'plain'
}

/** What `compile` wants of them. */
export const compileOptions = ({ cache, layout, threads, device, shared, profilePrefix, runtime }: ProgramOptions): CompileOptions => ({
  threads,
  device,
  shared,
  profilePrefix,
  cache,
  layout: chooseLayout(runtime, layout ?? 'auto', device ?? 'cpu'),
})

/** Only the processor's native library has blocked kernels. */
const chooseLayout = (runtime: Runtime, choice: 'auto' | 'plain', device: Device): LayoutFactory | undefined =>
  choice === 'auto' && device === 'cpu' ? blockedLayout(runtime.block) : undefined
