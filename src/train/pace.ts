/**
 * A stretch of a training's steps: from step `from`, where the schedule stood at `place` (in steps of the plan), to step `end`, where it is complete.
 * A training that is slower than planned goes on with a shorter stretch instead of being cut off, a faster one with a longer; plain JSON.
 */
export interface Stretch {
  readonly from: number
  readonly place: number
  readonly end: number
}

/** A whole training as planned. */
export const wholeStretch = (planned: number): Stretch => ({ from: 0, place: 0, end: planned })

/** Where the schedule of `planned` steps stands at a step: a fraction of a step when the plan was changed. */
export function scheduleStep({ from, place, end }: Stretch, planned: number, step: number): number {
  return end === from ? planned : place + ((planned - place) * (step - from)) / (end - from)
}

/** Share of the time left that a changed stretch fills: steps scatter. */
const filled = 0.98
/** Longer by less than this share of its steps is not worth a change. */
const worthwhile = 0.05

/**
 * The stretch that fits: the same one while the pace is as planned, else one that begins at `step` and is complete in time.
 *
 * @param leftMs milliseconds until the training must have ended
 * @param paceMs milliseconds of a step, measured in this training
 * @param most steps of the whole training, at most
 */
export function fitStretch(stretch: Stretch, planned: number, step: number, leftMs: number, paceMs: number, most: number): Stretch {
  if (step >= stretch.end) return stretch
  const fits = Math.min(most - step, Math.floor((filled * leftMs) / paceMs))
  const left = stretch.end - step
  if (fits >= left && fits <= left + worthwhile * left + 1) return stretch
  return { from: step, place: scheduleStep(stretch, planned, step), end: step + Math.max(1, fits) }
}
