import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { functionCases } from '../suites/function-cases.ts'
import { gradientSuite } from '../suites/gradients.ts'

gradientSuite('gradients of layers and losses against finite differences', { runtime: () => createNodeRuntime(), cases: functionCases })
