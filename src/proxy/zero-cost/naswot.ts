import { matmul, reshape, step, sub } from '../../tensor/index.ts'
import { logDeterminant } from './matrices.ts'
import { flat } from './passes.ts'
import type { ZeroCostScore } from './score.ts'

/** The activations whose values are above 0 just where their inputs are. */
const signed: ReadonlySet<string> = new Set(['relu', 'gelu', 'silu', 'tanh', 'hard-swish'])

/**
 * How well the untrained network tells examples apart: which ReLUs are on is a code of each example, K holds for each pair in how many places their codes
 * agree, and the score is log |det K| (Mellor et al. 2021, arXiv:2006.04647). Other activations count by the sign of their input. Layers in which all
 * examples have one code are left out: they say nothing, and equal networks differ in them, as in what reads zeros only. Larger is expected to
 * be better. −Infinity without activations, and where two examples have one code.
 */
export const naswot: ZeroCostScore = {
  name: 'naswot',
  summary: 'how well the ReLUs that are on tell examples apart',
  paper: 'Mellor et al. 2021, arXiv:2006.04647',
  outputs(passes) {
    const { model, batch } = passes
    const codes = model.layers.flatMap(({ path, layer }) => {
      const value = layer.kind === 'activation' && signed.has(layer.activation) ? passes.real.values.get(path) : undefined
      if (value === undefined) return []
      // Codes of −½ and ½: four times their product is places that agree less those that do not, and on the diagonal all places.
      const code = sub(step(reshape(value, [batch, -1])), 0.5)
      return [{ name: path, vector: flat(matmul(code, code, { transB: true })), on: model.on(path) }]
    })
    return { codes }
  },
  value({ parts, batch }) {
    const kernel = new Float64Array(batch * batch)
    for (const products of parts('codes').values()) {
      if (products.every((product) => product === products[0])) continue
      for (let i = 0; i < kernel.length; i++) kernel[i] += 2 * (products[0] + products[i])
    }
    return logDeterminant(kernel, batch)
  },
}
