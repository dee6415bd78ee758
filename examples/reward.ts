// A reward of one's own, one file: accuracy, less what parameters cost. Use it with:
// nascent search digits --reward examples/reward.ts#frugal --budget 30s
import type { Reward } from 'nascent'

export const frugal: Reward = ({ accuracy, parameters }) => accuracy - 0.02 * Math.log10(parameters)
