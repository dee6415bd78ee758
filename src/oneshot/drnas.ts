import { listed, readOptions } from '../strategy/options.ts'
import {
  add,
  div,
  exp,
  log,
  maximum,
  minimum,
  mul,
  normalNoise,
  reduceSum,
  sliceAxis,
  sqrt,
  sub,
  type Tensor,
  uniformNoise,
} from '../tensor/index.ts'
import { darts, differentiableOptions, differentiableTrainer } from './darts.ts'
import { firstOrder } from './hypergradient.ts'
import type { OneShotEntry } from './one-shot.ts'
import type { Relaxation } from './relaxed.ts'

/** Boosts of the shape: with so many, Marsaglia and Tsang's proposal is as good as never rejected. */
const BOOSTS = 6

/** elu(α) + 1: positive, 1 where α is 0. */
const concentration = (alphas: Tensor): Tensor => add(maximum(alphas, 0), exp(minimum(alphas, 0)))

/**
 * Gamma variables as a differentiable function of their shapes: Marsaglia and Tsang's transform of a normal variable at a boosted shape, and a power of a uniform
 * one for each boost (Naesseth et al. 2017, arXiv:1610.05683).
 */
function gamma(shape: Tensor, normal: Tensor, uniforms: Tensor): Tensor {
  const count = shape.shape[0]
  const d = sub(add(shape, BOOSTS), 1 / 3)
  const base = maximum(add(1, div(normal, sqrt(mul(d, 9)))), 0.01)
  let value = mul(d, mul(base, mul(base, base)))
  for (let i = 0; i < BOOSTS; i++) {
    const u = maximum(sliceAxis(uniforms, 0, i * count, (i + 1) * count), 1e-6)
    value = mul(value, exp(div(log(u), add(shape, i))))
  }
  return value
}

/** A mixture drawn from the Dirichlet distribution that the alphas stand for. */
const dirichlet: Relaxation = {
  weights(alphas, _, { place, noise }) {
    const count = alphas.shape[0]
    const draws = gamma(concentration(alphas), normalNoise([count], noise, 2 * place), uniformNoise([count * BOOSTS], noise, 2 * place + 1))
    const positive = add(draws, 1e-6)
    return div(positive, reduceSum(positive, [0], { keepDims: true }))
  },
}

/** Dirichlet neural architecture search: the weights of a mixture are a sample, so that search explores; gradients go through the sample. */
export const drnas: OneShotEntry = {
  ...darts,
  name: 'drnas',
  summary: 'differentiable: mixtures are drawn from Dirichlet distributions whose parameters are learnt',
  paper: 'Chen, Wang, Cheng, Tang, Hsieh 2021, arXiv:2006.10355',
  options: listed(differentiableOptions),
  trainer(context, options) {
    const given = readOptions('drnas', differentiableOptions, options)
    return differentiableTrainer(context, given, { relaxation: dirichlet, hypergradient: firstOrder })
  },
}
