import type { Curve, CurveBelief } from './curve.ts'
import { normalBelief } from './normal-belief.ts'

/** The last value seen, taken as the end: what every other prediction must beat. */
export const lastSeen = ({ values }: Curve): CurveBelief => normalBelief(values[values.length - 1], 0)
