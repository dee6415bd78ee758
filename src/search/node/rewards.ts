import { UserError } from '../../errors.ts'
import type { Reward } from '../../oneshot/index.ts'
import { isModule, loadExport, type ModuleKind, type NamedModule, resolveModule } from './modules.ts'

const kind: ModuleKind<Reward> = {
  noun: 'reward',
  is: (value): value is Reward => typeof value === 'function',
  hint: 'export a function of the metrics that gives a number',
}

/** How a run records a reward that was given as a function: no other process has it. */
const functionName = 'object:reward'

/** Whether a run's reward was a function of the program that began it. */
export const isObjectReward = (name: string | undefined): boolean => name === functionName

/** A reward with how a run records it. */
export interface KnownReward {
  readonly named: NamedModule
  readonly reward: Reward
}

/** A reward from a module (`./mine.ts#worth`), or one given as a function. @throws UserError when it is no module, or has no such export */
export async function knownReward(given: string | Reward): Promise<KnownReward> {
  if (typeof given !== 'string') return { named: { name: functionName }, reward: given }
  if (!isModule(given)) throw new UserError(`The reward "${given}" is no module: write the file and its export, as in ./mine.ts#worth.`)
  const named = resolveModule(given, kind)
  return { named, reward: await loadExport(named, kind) }
}

/** The reward of a run, if it has one. @throws UserError when it was a function of another program, or its module is not the one that the run began with */
export async function loadReward({ name, hash }: { readonly name?: string; readonly hash?: string }): Promise<Reward | undefined> {
  if (name === undefined) return undefined
  if (isObjectReward(name)) throw new UserError("The run's reward exists only in the program that began it: give it to resume() there.")
  return loadExport({ name, hash }, kind)
}
