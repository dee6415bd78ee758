import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { softmax } from '../tensor/index.ts'
import { alphaProposer } from './alpha-proposer.ts'
import { type DifferentiableOptions, DifferentiableTrainer, type LearnedDifferentiable } from './differentiable.ts'
import { exactSecondOrder, finiteSecondOrder, firstOrder } from './hypergradient.ts'
import { checkSupernet } from './check-supernet.ts'
import type { OneShotContext, OneShotEntry } from './one-shot.ts'
import { supernetSettings } from './plan.ts'
import type { Relaxation } from './relaxed.ts'

/** Options of all differentiable methods. */
export const differentiableOptions = {
  learningRate: { summary: 'first learning rate of the weights; 0: half of what suits a single network', default: 0, from: 0, to: 10 },
  alphaRate: {
    summary: 'learning rate of the alphas (Adam); 0: so that all steps together may move an alpha by 6, as those of the paper',
    default: 0,
    from: 0,
    to: 10,
  },
  warmup: { summary: 'share of the steps before the alphas move', default: 0.15, from: 0, to: 0.95 },
} satisfies OptionSpecs

/** Each choice is the mixture of its alternatives by the softmax of its alphas. */
const mixture: Relaxation = { weights: (alphas) => softmax(alphas) }

interface Given {
  readonly learningRate: number
  readonly alphaRate: number
  readonly warmup: number
}

/** What trains a supernet for a differentiable method. */
export const differentiableTrainer = (
  context: OneShotContext,
  { learningRate, alphaRate, warmup }: Given,
  method: Pick<DifferentiableOptions, 'relaxation' | 'hypergradient' | 'temperature'>,
): Promise<DifferentiableTrainer> =>
  DifferentiableTrainer.create(context, supernetSettings(context, learningRate || undefined), { ...method, alphaRate, warmup })

/** Differentiable architecture search, first order. */
export const darts: OneShotEntry = {
  name: 'darts',
  summary: 'differentiable: mixes all alternatives by alphas, which follow the gradient of the validation loss',
  paper: 'Liu, Simonyan, Yang 2019, arXiv:1806.09055',
  options: listed(differentiableOptions),
  proposals: 1,
  searchShare: 0.9,
  space: 'nas-bench-201',
  check: checkSupernet,
  trainer: (context, options) =>
    differentiableTrainer(context, readOptions('darts', differentiableOptions, options), {
      relaxation: mixture,
      hypergradient: firstOrder,
    }),
  proposer: (context, learned) => alphaProposer(context, (learned as LearnedDifferentiable).alphas),
}

const second = {
  ...differentiableOptions,
  hessian: { summary: 'exact (the gradient is differentiated again) or finite (differences, as in the paper)', default: 'exact' },
} satisfies OptionSpecs

/** Differentiable architecture search, second order: the alphas follow the validation loss after one step of the weights. */
export const darts2: OneShotEntry = {
  ...darts,
  name: 'darts2',
  summary: 'differentiable, second order: the alphas follow the validation loss after a step of the weights',
  options: listed(second),
  trainer(context, options) {
    const given = readOptions('darts2', second, options)
    const hypergradient = given.hessian === 'finite' ? finiteSecondOrder : exactSecondOrder
    return differentiableTrainer(context, given, { relaxation: mixture, hypergradient })
  },
}
