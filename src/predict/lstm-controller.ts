import { ascend, type Parameter, parameter, restoreParameter, type SavedParameter, saveParameter } from './adam.ts'
import { type LstmSlopes, type LstmStep, lstmBack, lstmStep, type LstmWeights } from './lstm.ts'

/** A decision as the controller sees it: a name and how many categories it has. */
export interface ControllerSlot {
  readonly key: string
  readonly size: number
}

/** A decision taken: the category, from 0. */
export interface ControllerPick {
  readonly slot: ControllerSlot
  readonly index: number
}

export interface ControllerOptions {
  /** Width of the recurrent state. */
  readonly hidden: number
  /** Width of the embeddings of decisions and of what they were set to. */
  readonly embedding: number
  /** First value number `i` of a parameter in -1…1: the same whenever the parameter is met first. */
  readonly initial: (name: string) => { next(): number }
}

export interface SavedController {
  readonly parameters: Readonly<Record<string, SavedParameter>>
}

/** A step of a sequence: what the recurrent cell computed and the probabilities that came of it. */
interface Taken {
  readonly pick: ControllerPick
  readonly cell: LstmStep
  readonly probabilities: Float64Array
}

/** Weights begin uniform in ± this: small, so that the first policy is nearly uniform (Zoph and Le 2017 took 0.08). */
const SCALE = 0.1
/** Longest step of the gradients together. */
const NORM = 5

/**
 * A recurrent policy over decisions taken one after the other (Zoph and Le 2017, arXiv:1611.01578): an LSTM reads the last pick and which decision comes next; a
 * softmax of that decision's own gives its categories' probabilities. Decisions are met as they come, so conditional ones need no padding.
 */
export class LstmController {
  readonly #options: ControllerOptions
  readonly #parameters = new Map<string, Parameter>()
  /** Parameters that got a gradient since the last step, in the order in which they did. */
  readonly #touched = new Set<Parameter>()

  constructor(options: ControllerOptions) {
    this.#options = options
  }

  /**
   * A new sequence: ask for the probabilities of a slot, then say what was taken.
   *
   * @param known what sequences before computed, while nothing was learned: those that begin alike need not compute it again
   */
  start(known: KnownSteps = new KnownSteps()): ControllerSequence {
    let last: ControllerPick | undefined
    let place = known.root
    let open: KnownStep | undefined
    return {
      probabilities: (slot) => {
        if (place.next?.slot.key !== slot.key) place.next = this.#known(slot, last, place.cell)
        open = place.next
        return open.probabilities
      },
      take: (index) => {
        if (open === undefined) return
        last = { slot: open.slot, index }
        place = open.taken[index] ??= { cell: open.cell }
      },
    }
  }

  /** Logarithm of each pick's probability. */
  logProbabilities(picks: readonly ControllerPick[]): Float64Array {
    return Float64Array.from(this.#forward(picks), ({ pick, probabilities }) => logOf(probabilities[pick.index]))
  }

  /**
   * Adds the gradient of Σ weight(i, log pᵢ) · log pᵢ + entropy · Hᵢ over the picks of a sequence, the weights taken as constants (log p and H: logarithm and
   * entropy in nats of the distribution that each was picked from).
   */
  accumulate(picks: readonly ControllerPick[], weight: (i: number, logProbability: number) => number, entropy: number): void {
    const steps = this.#forward(picks)
    const { hidden } = this.#options
    const weights = this.#weights()
    const gradients = { ofInput: this.#touch('x').gradient, ofState: this.#touch('h').gradient, bias: this.#touch('b').gradient }
    let slopes: LstmSlopes = { output: new Float64Array(hidden), cell: new Float64Array(hidden) }
    for (let i = steps.length - 1; i >= 0; i--) {
      const { pick, cell, probabilities } = steps[i]
      const ofLogits = slopesOfLogits(probabilities, pick.index, weight(i, logOf(probabilities[pick.index])), entropy)
      this.#headBack(pick.slot, cell.output, ofLogits, slopes.output)
      const back = lstmBack(weights, cell, slopes, gradients)
      addTo(this.#touch(`slot:${pick.slot.key}`).gradient, 0, back.input)
      if (i > 0) addTo(this.#touch(`picks:${picks[i - 1].slot.key}`).gradient, picks[i - 1].index * back.input.length, back.input)
      slopes = back.before
    }
  }

  /** Gradient of what was accumulated since the last step, by the parameters' names: for tests and pages. */
  gradients(): ReadonlyMap<string, Float64Array> {
    return new Map([...this.#parameters].map(([name, { gradient }]) => [name, gradient]))
  }

  /** The weights by their names; writing to them changes the policy. */
  weights(): ReadonlyMap<string, Float64Array> {
    return new Map([...this.#parameters].map(([name, { value }]) => [name, value]))
  }

  /** Goes one step of Adam up what was accumulated. */
  ascend(rate: number): void {
    ascend(this.#touched, rate, NORM)
    this.#touched.clear()
  }

  /** What was learned, as plain JSON; to be saved between steps. */
  save(): SavedController {
    const learned = [...this.#parameters].filter(([, { steps }]) => steps > 0)
    return { parameters: Object.fromEntries(learned.map(([name, one]) => [name, saveParameter(one)])) }
  }

  restore({ parameters }: SavedController): void {
    this.#parameters.clear()
    this.#touched.clear()
    for (const [name, saved] of Object.entries(parameters)) this.#parameters.set(name, restoreParameter(saved))
  }

  #forward(picks: readonly ControllerPick[]): Taken[] {
    let cell: LstmStep | undefined
    return picks.map((pick, i) => {
      cell = this.#step(pick.slot, picks[i - 1], cell)
      return { pick, cell, probabilities: this.#softmax(pick.slot, cell.output) }
    })
  }

  #known(slot: ControllerSlot, last: ControllerPick | undefined, before: LstmStep | undefined): KnownStep {
    const cell = this.#step(slot, last, before)
    return { slot, cell, probabilities: this.#softmax(slot, cell.output), taken: [] }
  }

  #step(slot: ControllerSlot, last: ControllerPick | undefined, before: LstmStep | undefined): LstmStep {
    const { embedding } = this.#options
    const input = this.#parameter(`slot:${slot.key}`, embedding).value.slice()
    if (last) {
      const { value } = this.#parameter(`picks:${last.slot.key}`, last.slot.size * embedding)
      for (let i = 0, at = last.index * embedding; i < embedding; i++) input[i] += value[at + i]
    }
    return lstmStep(this.#weights(), input, before)
  }

  #softmax(slot: ControllerSlot, state: Float64Array): Float64Array {
    const { hidden } = this.#options
    const { value } = this.#parameter(`head:${slot.key}`, slot.size * (hidden + 1))
    const logits = new Float64Array(slot.size)
    for (let row = 0, at = 0; row < slot.size; row++, at += hidden + 1) {
      let sum = value[at + hidden]
      for (let i = 0; i < hidden; i++) sum += value[at + i] * state[i]
      logits[row] = sum
    }
    const most = logits.reduce((a, b) => Math.max(a, b), -Infinity)
    const exponentials = logits.map((logit) => Math.exp(logit - most))
    const total = exponentials.reduce((a, b) => a + b, 0)
    return exponentials.map((one) => one / total)
  }

  /** Adds the slopes of the logits to the softmax layer's gradient, and theirs to the slopes of the state. */
  #headBack(slot: ControllerSlot, state: Float64Array, ofLogits: Float64Array, ofState: Float64Array): void {
    const { hidden } = this.#options
    const { value, gradient } = this.#touch(`head:${slot.key}`)
    for (let row = 0, at = 0; row < slot.size; row++, at += hidden + 1) {
      const slope = ofLogits[row]
      gradient[at + hidden] += slope
      for (let i = 0; i < hidden; i++) {
        gradient[at + i] += slope * state[i]
        ofState[i] += slope * value[at + i]
      }
    }
  }

  #weights(): LstmWeights {
    const { hidden, embedding } = this.#options
    return {
      hidden,
      inputs: embedding,
      ofInput: this.#parameter('x', 4 * hidden * embedding).value,
      ofState: this.#parameter('h', 4 * hidden * hidden).value,
      bias: this.#parameter('b', 4 * hidden).value,
    }
  }

  /** A parameter that is about to get a gradient; it was read before. */
  #touch(name: string): Parameter {
    const one = this.#parameters.get(name) as Parameter
    this.#touched.add(one)
    return one
  }

  #parameter(name: string, length: number): Parameter {
    const known = this.#parameters.get(name)
    if (known) return known
    const random = this.#options.initial(name)
    const made = parameter(Float64Array.from({ length }, () => SCALE * (2 * random.next() - 1)))
    this.#parameters.set(name, made)
    return made
  }
}

/** A place between two steps: the state there, and the step that follows. */
interface KnownPlace {
  readonly cell: LstmStep | undefined
  next?: KnownStep
}

interface KnownStep {
  readonly slot: ControllerSlot
  readonly cell: LstmStep
  readonly probabilities: Float64Array
  /** The place after each pick. */
  readonly taken: KnownPlace[]
}

/** Steps of sequences from one policy, as a tree of what was taken. */
export class KnownSteps {
  readonly root: KnownPlace = { cell: undefined }
}

/** A sequence on its way. */
export interface ControllerSequence {
  /** Probability of each category of the decision that comes now. */
  probabilities(slot: ControllerSlot): Float64Array
  /** Says which category was taken. */
  take(index: number): void
}

/** Slopes of weight · log p[taken] + entropy · H with respect to the logits. */
function slopesOfLogits(probabilities: Float64Array, taken: number, weight: number, entropy: number): Float64Array {
  const h = entropyOf(probabilities)
  return probabilities.map((p, i) => weight * ((i === taken ? 1 : 0) - p) - (p > 0 ? entropy * p * (Math.log(p) + h) : 0))
}

/** Entropy of a distribution in nats. */
export function entropyOf(probabilities: Float64Array): number {
  return probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0)
}

function addTo(target: Float64Array, at: number, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) target[at + i] += values[i]
}

const logOf = (p: number): number => Math.log(Math.max(p, Number.MIN_VALUE))
