import { adam, adamw, type Optimizer, sgd } from '../tensor/index.ts'
import type { TrainSettings } from './types.ts'

/** The optimizer that settings ask for. */
export function optimizerOf({ optimizer, momentum, nesterov, weightDecay }: TrainSettings): Optimizer {
  if (optimizer === 'sgd') return sgd({ momentum, nesterov, weightDecay })
  return optimizer === 'adam' ? adam({ weightDecay }) : adamw({ weightDecay })
}
