import { UserError } from '../errors.ts'
import type { Dataset } from './dataset.ts'
import type { Decoded } from './decoded.ts'
import { learnNormalization, learnTargetScale } from './normalize.ts'
import { subset } from './records.ts'
import { givenPart, type SplitShares, splitRecords } from './split.ts'

export interface AssembleOptions {
  readonly seed: number
  readonly splits?: SplitShares
}

/** Throws a UserError when there are too few examples to split at all. */
export function checkEnough(name: string, total: number): void {
  if (total < fewest)
    throw new UserError(
      `${name} has only ${total} examples: at least ${fewest} are needed to train, validate and test, and many more for a good network.`,
    )
}

/** Records below which no training, validation and test part can be made that say anything. */
const fewest = 6

/**
 * Splits decoded records, learns normalisation from the training part alone, and notes what a person should know.
 * Throws a UserError for one class only, too few records, or a class that has nothing to train on.
 */
export function assemble(name: string, decoded: Decoded, options: AssembleOptions): Dataset {
  const { info, records, given } = decoded
  const { targets } = records
  checkTargets(name, decoded)
  const parts = splitRecords({
    targets,
    classes: info.classes.length,
    given,
    seed: options.seed,
    ...(options.splits && { shares: options.splits }),
    ...(info.testSeed !== undefined && { testSeed: info.testSeed }),
  })
  const train = subset(records, parts.train)
  const valid = subset(records, parts.valid)
  const test = subset(records, parts.test)
  for (const [part, members] of [
    ['training', train],
    ['validation', valid],
    ['test', test],
  ] as const) {
    if (members.count === 0)
      throw new UserError(`${name}: nothing is left for the ${part} part of ${records.count} examples; bring more data.`)
  }
  return {
    name,
    kind: info.kind,
    task: info.task,
    input: info.input,
    classes: info.classes,
    ...(info.task === 'regression' && { targetScale: learnTargetScale(train.targets) }),
    ...(info.columns && { columns: info.columns }),
    ...(info.target !== undefined && { target: info.target }),
    normalization: learnNormalization(train, info.input),
    train,
    valid,
    test,
    notes: [...info.notes, ...classNotes(decoded, train.targets)],
    ...(decoded.close && { close: () => decoded.close?.() }),
  }
}

function checkTargets(name: string, { info, records, given }: Decoded): void {
  const total = records.count
  if (info.task === 'classification') {
    const counts = countClasses(records.targets, info.classes.length)
    const present = counts.filter((count) => count > 0).length
    if (present < 2) {
      const only = info.classes[counts.findIndex((count) => count > 0)]
      throw new UserError(
        `${name} has one class only${only === undefined ? '' : ` ("${only}")`}: there is nothing to tell apart; bring examples of at least two classes.`,
      )
    }
    if (total < present) throw new UserError(`${name} has ${total} examples for ${present} classes: bring several examples of each class.`)
  } else if (records.targets.every((value) => value === records.targets[0])) {
    throw new UserError(
      `${name}: the target "${info.target ?? 'y'}" is the same everywhere, so there is nothing to predict; choose another --target.`,
    )
  }
  checkEnough(name, total)
  if (info.task !== 'classification') return
  const trainable = countClasses(records.targets, info.classes.length, (i) => given[i] === givenPart.none || given[i] === givenPart.train)
  const missing = info.classes.filter((_, c) => trainable[c] === 0)
  if (missing.length > 0)
    throw new UserError(
      `${name}: nothing to train on for ${quoted(missing)}: ${missing.length === 1 ? 'it is' : 'they are'} only among the validation or test examples.`,
    )
}

function classNotes({ info, records }: Decoded, trainTargets: ArrayLike<number>): string[] {
  if (info.task !== 'classification') return []
  const notes: string[] = []
  const all = countClasses(records.targets, info.classes.length)
  const rare = info.classes.filter((_, c) => all[c] < 3)
  if (rare.length > 0) notes.push(`${quoted(rare)} ${rare.length === 1 ? 'has' : 'have'} fewer than 3 examples, so not every part has one.`)
  const train = countClasses(trainTargets, info.classes.length)
  const most = Math.max(...train)
  const least = Math.min(...train)
  if (least > 0 && most >= 5 * least) {
    notes.push(
      `The classes are uneven: "${info.classes[train.indexOf(most)]}" has ${most} training examples, "${info.classes[train.indexOf(least)]}" ${least}; see the balanced accuracy too.`,
    )
  }
  return notes
}

/** Records of each class, of those that `take` accepts. */
export function countClasses(targets: ArrayLike<number>, classes: number, take: (index: number) => boolean = () => true): number[] {
  const counts = Array.from<number>({ length: classes }).fill(0)
  for (let i = 0; i < targets.length; i++) if (take(i)) counts[targets[i]] = counts[targets[i]] + 1
  return counts
}

/** Up to five names in quotes, and how many more. */
export function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`)
  if (names.length > 5) shown.push(`${names.length - 5} more`)
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`
}
