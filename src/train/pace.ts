/**
 * A stretch of a training's steps: from step `from`, where the schedule stood at `place` (in steps of the plan), to step `end`, where it is complete.
 * A training that is slower than planned goes on with a shorter stretch instead of being cut off; plain JSON.
 */
export interface Stretch {
  readonly from: number
  readonly place: number
  readonly end: number
}

/** A whole training as planned. */
export const wholeStretch = (planned: number): Stretch => ({ from: 0, place: 0, end: planned })

/** Where the schedule of `planned` steps stands at a step: a fraction of a step when the plan was shortened. */
export function scheduleStep({ from, place, end }: Stretch, planned: number, step: number): number {
  return end === from ? planned : place + ((planned - place) * (step - from)) / (end - from)
}

/** Share of the time left that a shortened stretch fills: steps scatter. */
const filled = 0.98

/**
 * The stretch that still fits: the same one while the pace keeps up, else one that begins at `step` and is complete in time.
 *
 * @param leftMs milliseconds until the training must have ended
 * @param paceMs milliseconds of a step, measured in this training
 */
export function fitStretch(stretch: Stretch, planned: number, step: number, leftMs: number, paceMs: number): Stretch {
  const fits = Math.floor((filled * leftMs) / paceMs)
  if (step >= stretch.end || step + fits >= stretch.end) return stretch
  return { from: step, place: scheduleStep(stretch, planned, step), end: step + Math.max(1, fits) }
}
