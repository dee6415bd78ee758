import { describe, expect, it } from 'vitest'
import { type ControllerPick, entropyOf, LstmController } from '../../src/predict/index.ts'
import { randomFor } from '../../src/space/index.ts'

const make = (): LstmController => new LstmController({ hidden: 5, embedding: 4, initial: (name) => randomFor(1, name) })
const a = { key: 'a', size: 3 }
const b = { key: 'b', size: 4 }
const c = { key: 'c', size: 2 }
const picks: readonly ControllerPick[] = [
  { slot: a, index: 2 },
  { slot: b, index: 1 },
  { slot: c, index: 0 },
  { slot: b, index: 3 },
]

describe('the recurrent controller', () => {
  it('gives probabilities that depend on what was taken before', () => {
    const controller = make()
    const after = (index: number): readonly number[] => {
      const sequence = controller.start()
      sequence.probabilities(a)
      sequence.take(index)
      return [...sequence.probabilities(b)]
    }
    expect(after(0).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
    expect(after(0)).toEqual(after(0))
    expect(after(0)).not.toEqual(after(1))
  })

  it('agrees with itself on the probability of a whole sequence', () => {
    const controller = make()
    const sequence = controller.start()
    const logs = picks.map(({ slot, index }) => {
      const probability = sequence.probabilities(slot)[index]
      sequence.take(index)
      return Math.log(probability)
    })
    expect([...controller.logProbabilities(picks)]).toEqual(logs)
  })

  it('has the gradients of finite differences, in every weight', () => {
    const controller = make()
    const weights = [0.7, -1.3, 0.4, 2]
    const bonus = 0.3
    const objective = (): number => {
      const sequence = controller.start()
      return picks.reduce((sum, { slot, index }, i) => {
        const probabilities = sequence.probabilities(slot)
        sequence.take(index)
        return sum + weights[i] * Math.log(probabilities[index]) + bonus * entropyOf(probabilities)
      }, 0)
    }
    objective()
    controller.weights().forEach((values, name) => {
      const random = randomFor(2, name)
      for (let i = 0; i < values.length; i++) values[i] = 2 * random.next() - 1
    })
    controller.accumulate(picks, (i) => weights[i], bonus)
    const gradients = controller.gradients()
    let compared = 0
    controller.weights().forEach((values, name) => {
      for (let i = 0; i < values.length; i++) {
        const kept = values[i]
        const step = 1e-5
        values[i] = kept + step
        const above = objective()
        values[i] = kept - step
        const below = objective()
        values[i] = kept
        expect(gradients.get(name)?.[i], `${name}[${i}]`).toBeCloseTo((above - below) / (2 * step), 6)
        compared++
      }
    })
    expect(compared).toBeGreaterThan(250)
  })

  it('makes what is rewarded likelier, and goes on from what was saved', () => {
    const learned = make()
    const begin = learned.logProbabilities(picks)
    const learn = (controller: LstmController): void => {
      controller.accumulate(picks, () => 1, 0)
      controller.ascend(0.05)
    }
    for (let i = 0; i < 20; i++) learn(learned)
    learned.logProbabilities(picks).forEach((log, i) => expect(log).toBeGreaterThan(begin[i]))
    const restored = make()
    restored.restore(JSON.parse(JSON.stringify(learned.save())))
    for (const controller of [learned, restored]) learn(controller)
    expect(restored.logProbabilities(picks)).toEqual(learned.logProbabilities(picks))
  })
})
