import { describe, expect, it } from 'vitest'
import { gradients, input, lowerToBytes, relu, type Runtime, simplifyOutputs, type Tensor } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { functionCases } from '../suites/function-cases.ts'
import { goldenNetworks, goldenProgram } from '../suites/golden-networks.ts'
import { gradientCases } from '../suites/gradient-cases.ts'
import { checkerMissing, checkModels } from '../suites/onnx-checker.ts'

const missing = checkerMissing()
if (missing) process.stderr.write(`ONNX checker tests are skipped: ${missing}\n`)

/** Models of every gradient case: results and gradients. */
function caseModels(target: 'standard' | 'onnxruntime'): Record<string, Uint8Array> {
  return Object.fromEntries(
    [...gradientCases, ...functionCases].map(({ name, inputs, build }, i) => {
      const tensors = inputs.map(({ shape }, k) => input(`x${k}`, shape))
      const y = build(...tensors)
      const outputs: Record<string, Tensor> = { y }
      for (const [k, gradient] of gradients(y, tensors).entries()) outputs[`g${k}`] = gradient
      return [`${i} ${name}`, lowerToBytes(simplifyOutputs(outputs), { target })]
    }),
  )
}

/** Training steps of the golden networks, taken where a session would be made of them. */
async function trainingModels(layout: 'auto' | 'plain'): Promise<Record<string, Uint8Array>> {
  const node = await createNodeRuntime()
  const models: Record<string, Uint8Array> = {}
  for (const name of Object.keys(goldenNetworks)) {
    const runtime: Runtime = {
      ...node,
      createSession(model, options) {
        models[`training ${name} ${layout}`] = model
        return node.createSession(model, options)
      },
    }
    const program = await goldenProgram(name, { runtime, layout, ema: 0.99 })
    await program.release()
  }
  return models
}

describe.skipIf(missing !== undefined)('models that ONNX itself finds right', () => {
  it('ops and their gradients, standard operators', () => {
    expect(checkModels(caseModels('standard'))).toEqual([])
  })

  it("ops and their gradients, ONNX Runtime's operators", () => {
    expect(checkModels(caseModels('onnxruntime'))).toEqual([])
  })

  it.each(['plain', 'auto'] as const)('training steps, %s layout', async (layout) => {
    expect(checkModels(await trainingModels(layout))).toEqual([])
  })

  it('is a check that finds what is wrong', () => {
    const model = lowerToBytes({ y: relu(input('x', [2])) })
    // The operator's name, overwritten in place: lengths stay right.
    const at = Buffer.from(model).lastIndexOf('Relu')
    model.set(Buffer.from('Rulu'), at)
    expect(checkModels({ broken: model })).toHaveLength(1)
  })
})
