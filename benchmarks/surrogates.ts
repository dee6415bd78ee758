// What predictors of the end say on all of NAS-Bench-201 (CIFAR-10, test accuracy after 200 epochs): surrogates that learn from some cells' architectures alone, and
// accuracies after 12 epochs corrected by what the cells cost. Arguments: --quick for fewer draws.
import { knownTables } from '../src/benchmark/known/index.ts'
import { numbersOf, cellsOf } from '../src/benchmark/columns.ts'
import { findTable } from '../src/benchmark/node/find-table.ts'
import { readTable } from '../src/benchmark/node/read-table.ts'
import { spreadOf } from '../src/benchmark/statistics.ts'
import { UserError } from '../src/errors.ts'
import { findSpace } from '../src/hub/index.ts'
import { networkCost } from '../src/network/index.ts'
import { fitCorrection } from '../src/predict/curves/index.ts'
import { normalScores } from '../src/predict/index.ts'
import { kendall, spearman } from '../src/predict/rank-correlation.ts'
import { surrogates } from '../src/proxy/surrogates/registry.ts'
import { type NetworkContext, pickMany, randomFor } from '../src/space/index.ts'

const NAME = 'nas-bench-201'
/** Cells learned from by a surrogate, and by the correction. */
const [LEARNED, WHOLE] = [100, 50]
const context = { input: { shape: [3, 32, 32] }, outputs: 10 } satisfies NetworkContext

const shown = (values: readonly number[]): string => {
  const { mean, std } = spreadOf(values)
  return values.length > 1 ? `${mean.toFixed(3)} ± ${std.toFixed(3)}` : mean.toFixed(3)
}

export async function main(argv: string[]): Promise<number> {
  const draws = argv.includes('--quick') ? 2 : 10
  try {
    const table = await readTable(findTable(NAME))
    const known = knownTables.find(({ name }) => name === NAME)
    const space = findSpace(NAME)
    const architectures = cellsOf(table, 'arch', 'arch').map((cell) => space.parse(known?.notation(String(cell)) ?? ''))
    const truths = [...numbersOf(table, 'c10_test_e200', 'truth')]
    const places = architectures.map((_, i) => i)

    console.log(
      `| surrogate of ${LEARNED} cells, judged on the other ${places.length - LEARNED} | Spearman | Kendall (of 1,000) | seconds to learn | ms a cell |`,
    )
    console.log('| --- | --- | --- | --- | --- |')
    for (const { name, make } of surrogates) {
      const learn = make(space)
      const [ranks, taus, learning, saying]: [number[], number[], number[], number[]] = [[], [], [], []]
      for (let draw = 0; draw < draws; draw++) {
        const train = pickMany(randomFor(draw, 'surrogates'), places, LEARNED)
        const taken = new Set(train)
        const rest = places.filter((i) => !taken.has(i))
        const began = performance.now()
        const judge = learn(
          train.map((i) => architectures[i]),
          normalScores(train.map((i) => truths[i])),
          randomFor(draw, name),
        )
        const learned = performance.now()
        const said = rest.map((i) => judge(architectures[i]))
        learning.push((learned - began) / 1000)
        saying.push((performance.now() - learned) / rest.length)
        const of = rest.map((i) => truths[i])
        ranks.push(spearman(said, of))
        taus.push(kendall(said.slice(0, 1000), of.slice(0, 1000)))
      }
      console.log(
        `| \`${name}\` | ${shown(ranks)} | ${shown(taus)} | ${spreadOf(learning).mean.toFixed(2)} | ${spreadOf(saying).mean.toFixed(2)} |`,
      )
    }

    const early = numbersOf(table, 'c10_val_e12', 'early')
    const parameters = numbersOf(table, 'params_m', 'parameters')
    const flops = architectures.map((architecture) => networkCost(space.child(architecture, context)).flops)
    const examples = places.map((i) => ({ early: early[i], costs: [flops[i], parameters[i]], final: truths[i] }))
    const [before, after, best]: [number[], number[], number[]] = [[], [], []]
    const top = places.toSorted((a, b) => truths[b] - truths[a]).slice(0, places.length / 2)
    for (let draw = 0; draw < 10 * draws; draw++) {
      const train = pickMany(randomFor(draw, 'corrected'), places, WHOLE)
      const taken = new Set(train)
      const correction = fitCorrection(train.map((i) => examples[i]))
      const judge = (some: readonly number[]): number =>
        spearman(
          some.map((i) => correction.predict(examples[i]).mean),
          some.map((i) => truths[i]),
        )
      const rest = places.filter((i) => !taken.has(i))
      before.push(
        spearman(
          rest.map((i) => early[i]),
          rest.map((i) => truths[i]),
        ),
      )
      after.push(judge(rest))
      best.push(judge(top.filter((i) => !taken.has(i))))
    }
    const ofBest = spearman(
      top.map((i) => early[i]),
      top.map((i) => truths[i]),
    )
    console.log(
      `\nValidation accuracy after 12 epochs against test accuracy after 200: Spearman ${shown(before)}, among the better half of the cells ${ofBest.toFixed(3)}.`,
    )
    console.log(
      `Corrected by FLOPs and parameters, fitted to ${WHOLE} cells, ${10 * draws} draws: ${shown(after)} on the other cells, ${shown(best)} among the better half.`,
    )
    return 0
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    console.error(error.message)
    return 2
  }
}
