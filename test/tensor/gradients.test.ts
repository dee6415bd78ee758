import { expect, it } from 'vitest'
import { operations, topologicalOrder, gradients, input, type OpName } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { functionCases } from '../suites/function-cases.ts'
import { gradientCases } from '../suites/gradient-cases.ts'
import { gradientSuite } from '../suites/gradients.ts'

gradientSuite('gradients against finite differences, operators of ONNX Runtime', { runtime: () => createNodeRuntime() })

gradientSuite('gradients against finite differences, standard operators', {
  runtime: () => createNodeRuntime(),
  compile: () => ({ target: 'standard' }),
  only: ({ name }) => /matmul|convolution/.test(name),
})

it('leaves no op with a gradient out of the table', () => {
  const seen = new Set<string>()
  for (const { inputs, build } of [...gradientCases, ...functionCases]) {
    const tensors = inputs.map(({ shape }, i) => input(`x${i}`, shape))
    const y = build(...tensors)
    const first = gradients(y, tensors)
    const second = first.flatMap((gradient) => gradients(gradient, tensors, input(`u ${gradient.shape.join()}`, gradient.shape)))
    for (const node of topologicalOrder([y, ...first, ...second])) seen.add(node.op)
  }
  const withoutGradient: OpName[] = [
    'bitwiseXor',
    'bitwiseAnd',
    'shiftRight',
    'shiftLeft',
    'modulo',
    'isNaN',
    'floor',
    'oneHot',
    'argMax',
    'equalMask',
    'cast',
    'gatedConcat',
  ]
  const missing = (Object.keys(operations) as OpName[]).filter((name) => !seen.has(name) && !withoutGradient.includes(name))
  expect(missing).toEqual([])
})
