// How soon searches that hand weights down reach the best validation accuracy of random search: node benchmarks/run.mjs inheritance [--quick] [--seeds 3] [--budget 5m]
//   --quick: digits, 45 s a search, one seed: 3 minutes. Else fashion-mnist, 5 minutes a search: 20 minutes a seed.
// Every strategy plans its trials for the same time by itself, as a user gets it; hardly any of the time goes to final training.
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type * as Nascent from '../src/index.ts'

interface Contestant {
  readonly name: string
  readonly strategy: string
  readonly inherit?: boolean
}

const contestants: readonly Contestant[] = [
  { name: 'random', strategy: 'random' },
  { name: 'evolution', strategy: 'evolution' },
  { name: 'evolution --inherit', strategy: 'evolution', inherit: true },
  { name: 'morphism', strategy: 'morphism' },
]

/** A finished trial: seconds since the first trial began, training steps of all trials until then, and its validation accuracy. */
interface Point {
  readonly seconds: number
  readonly steps: number
  readonly accuracy: number
}

interface Course {
  readonly points: readonly Point[]
  readonly epochs: number
}

type Job = Pick<Nascent.Options, 'data' | 'budget' | 'seed' | 'out'>

async function courseOf(nascent: typeof Nascent, { strategy, inherit }: Contestant, job: Job): Promise<Course> {
  const run = nascent.search({ ...job, space: 'chain', strategy, inherit, finalShare: 0.05 })
  const points: Point[] = []
  let epochs = 0
  let began: number | undefined
  let steps = 0
  const own = new Map<number, number>()
  for await (const event of run) {
    if (event.type === 'run-started') epochs = event.config.fidelity.epochs * (event.config.fidelity.share ?? 1)
    if (event.type === 'trial-started') began ??= event.at
    if (event.type === 'trial-epoch') {
      steps += event.record.step - (own.get(event.number) ?? 0)
      own.set(event.number, event.record.step)
    }
    if (event.type !== 'trial-ended' || event.status !== 'finished' || began === undefined) continue
    points.push({ seconds: (event.at - began) / 1000, steps, accuracy: event.metrics.accuracy })
  }
  await run
  return { points, epochs }
}

const bestOf = ({ points }: Course): number => Math.max(...points.map(({ accuracy }) => accuracy))

/** When an accuracy is first reached. */
const reached = ({ points }: Course, accuracy: number): Point | undefined => points.find((point) => point.accuracy >= accuracy)

/** A part of a whole as text. */
const share = (part: number | undefined, whole: number | undefined): string =>
  part === undefined || !whole ? 'never' : `${Math.round((100 * part) / whole)} %`

export async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { quick: { type: 'boolean' }, seeds: { type: 'string', default: '1' }, budget: { type: 'string' } },
  })
  const data = values.quick ? 'digits' : 'fashion-mnist'
  const budget = values.budget ?? (values.quick ? '45s' : '5m')
  const built = '../dist/index.js'
  const nascent = (await import(built)) as typeof Nascent
  const folder = mkdtempSync(join(tmpdir(), 'nascent-benchmark-'))
  process.env.NASCENT_HOME = folder
  try {
    console.log(
      `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.versions.node}; ${data}, chain, ${budget} a search`,
    )
    console.log(
      '| strategy | seed | trials | epochs a trial | best validation accuracy | reaches random’s best after | of random’s whole search | of its time to its best | of all its training steps |',
    )
    console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |')
    for (let seed = 1; seed <= Number(values.seeds); seed++) {
      let random: Course | undefined
      for (const contestant of contestants) {
        const course = await courseOf(nascent, contestant, { data, budget, seed, out: join(folder, `${contestant.name}-${seed}`) })
        random ??= course
        const goal = bestOf(random)
        const at = reached(course, goal)
        console.log(
          `| ${[
            contestant.name,
            seed,
            course.points.length,
            course.epochs.toFixed(2),
            `${(100 * bestOf(course)).toFixed(2)} %`,
            at === undefined ? 'never' : `${at.seconds.toFixed(1)} s`,
            share(at?.seconds, random.points.at(-1)?.seconds),
            share(at?.seconds, reached(random, goal)?.seconds),
            share(at?.steps, random.points.at(-1)?.steps),
          ].join(' | ')} |`,
        )
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return 0
}
