import type { Network, ParameterSpec, Weights } from '../network/index.ts'
import { buildNetwork, parameterSpecs } from '../network/index.ts'
import { type Architecture, encoder, type SearchSpace } from '../space/index.ts'
import { add, constant, dense, matmul, mul, reshape, sliceAxis, tanh, type Tensor } from '../tensor/index.ts'
import { trainingLoss } from '../train/objective.ts'
import { createPathStep, type PathForm } from './path-program.ts'
import type { SharedWeights } from './shared-weights.ts'

/** Sizes of a hypernetwork. */
export interface HypernetworkOptions {
  /** Width of what it makes of an architecture's code. */
  readonly hidden: number
  /** Tensors that it mixes, by the architecture, into each weight. */
  readonly rank: number
}

/** Filters and matrices are generated; scales, shifts and biases are shared as they are. */
const isGenerated = ({ trained, shape }: ParameterSpec): boolean => trained && shape.length >= 2

const trunk = { weight: 'hyper/weight', bias: 'hyper/bias' } as const
const mixName = (name: string): string => `${name}@mix`
const basisName = (name: string, k: number): string => `${name}@basis${k}`

/**
 * A network that makes the weights of a child from the child's architecture (Brock et al. 2018, arXiv:1708.05344): with h = tanh(code · A + a), each filter or
 * matrix is W₀ + Σₖ (h · M)ₖ · Wₖ, a mean that all architectures share and a correction of low rank in h. W₀, Wₖ and M belong to the weight's name, A and a to
 * all. The correction is zero at first, so that a child begins as any other network.
 */
export class Hypernetwork {
  readonly #encode: (architecture: Architecture) => Float32Array
  readonly #codes: number
  readonly #options: HypernetworkOptions

  constructor(space: SearchSpace, options: HypernetworkOptions) {
    const { encode, length } = encoder(space, 'decision')
    this.#encode = (architecture) => Float32Array.from(encode(architecture))
    this.#codes = length
    this.#options = options
  }

  /** Tensors from which a network's weights come, its scales, shifts and statistics among them. */
  specs(network: Network): readonly ParameterSpec[] {
    const { hidden, rank } = this.#options
    const free = { trained: true, decayed: false } as const
    return [
      { name: trunk.weight, shape: [this.#codes, hidden], init: 'glorot', ...free },
      { name: trunk.bias, shape: [hidden], init: 'zeros', ...free },
      ...parameterSpecs(network).flatMap((spec): ParameterSpec[] => {
        if (!isGenerated(spec)) return [spec]
        const basis = Array.from({ length: rank }, (_, k) => ({ ...spec, name: basisName(spec.name, k) }))
        return [spec, ...basis, { name: mixName(spec.name), shape: [hidden, rank], init: 'zeros', ...free }]
      }),
    ]
  }

  /** A child's weights in a graph. @param get a tensor of `specs` by name */
  tensors(network: Network, architecture: Architecture, get: (name: string) => Tensor): (name: string) => Tensor {
    const code = constant(this.#encode(architecture), [1, this.#codes])
    const state = tanh(dense(code, get(trunk.weight), get(trunk.bias)))
    const generated = new Map(
      parameterSpecs(network)
        .filter(isGenerated)
        .map(({ name }) => {
          const shares = reshape(matmul(state, get(mixName(name))), [this.#options.rank])
          let sum = get(name)
          for (let k = 0; k < this.#options.rank; k++)
            sum = add(sum, mul(get(basisName(name, k)), reshape(sliceAxis(shares, 0, k, k + 1), [])))
          return [name, sum]
        }),
    )
    return (name) => generated.get(name) ?? get(name)
  }

  /** A child's weights as values. */
  weights(network: Network, architecture: Architecture, shared: SharedWeights): Weights {
    const values = shared.take(this.specs(network))
    const valuesOf = (name: string): Float32Array => values.get(name)?.data as Float32Array
    const { hidden, rank } = this.#options
    const [code, slopes, bias] = [this.#encode(architecture), valuesOf(trunk.weight), valuesOf(trunk.bias)]
    const state = Array.from({ length: hidden }, (_, j) =>
      Math.tanh(code.reduce((sum, value, i) => sum + value * slopes[i * hidden + j], bias[j])),
    )
    return new Map(
      parameterSpecs(network).map((spec) => {
        const data = valuesOf(spec.name).slice()
        for (let k = 0; isGenerated(spec) && k < rank; k++) {
          const mix = valuesOf(mixName(spec.name))
          const share = state.reduce((sum, value, j) => sum + value * mix[j * rank + k], 0)
          for (const [i, value] of valuesOf(basisName(spec.name, k)).entries()) data[i] += share * value
        }
        return [spec.name, { shape: spec.shape, data }]
      }),
    )
  }

  /** A training step of a path through its generated weights: what learns is the hypernetwork. */
  get form(): PathForm {
    return {
      specsOf: (network) => this.specs(network),
      createStep: (context, { network, architecture }, settings, first) =>
        createPathStep(context, { network, specs: this.specs(network) }, settings, first, ({ inputs, targets, get, noise, normal }) => {
          const weights = this.tensors(network, architecture, get)
          const { output, statistics } = buildNetwork(network, normal(inputs), weights, { training: true, noise })
          return { loss: trainingLoss(context.dataset, settings, output, targets), statistics }
        }),
    }
  }
}
