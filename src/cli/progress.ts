import { SingleBar } from 'cli-progress'
import type { SearchEvent } from '../search/events.ts'
import { bold, dim, duration, percent, quantity, type Terminal } from './terminal.ts'

/** Shows a run's events as they come: a bar on a terminal, a line an event elsewhere. */
export interface Progress {
  event(event: SearchEvent): void
  close(): void
}

/** The figure that a person reads first: accuracy as a percentage, an error in the target's unit. */
function headline(metrics: Readonly<Record<string, number>>): string {
  if (metrics.accuracy !== undefined) return percent(metrics.accuracy)
  if (metrics.rmse !== undefined) return `rmse ${metrics.rmse.toPrecision(4)}`
  return metrics.loss === undefined ? 'no figure' : `loss ${metrics.loss.toPrecision(4)}`
}

const shorten = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`)

interface Tally {
  finished: number
  stopped: number
  failed: number
  best?: { readonly value: number; readonly text: string; readonly architecture: string }
}

/** Keeps the count of trials and the best of them. */
function tally(objective: { readonly metric: string; readonly direction: 'maximize' | 'minimize' }): {
  counts: Tally
  take(event: SearchEvent): void
  architectures: Map<number, string>
} {
  const counts: Tally = { finished: 0, stopped: 0, failed: 0 }
  const architectures = new Map<number, string>()
  const sign = objective.direction === 'maximize' ? 1 : -1
  return {
    counts,
    architectures,
    take(event) {
      if (event.type === 'trial-started') architectures.set(event.number, event.architecture)
      if (event.type === 'trial-continued') counts.stopped--
      if (event.type !== 'trial-ended') return
      counts[event.status]++
      const value = event.metrics[objective.metric]
      if (event.status !== 'finished' || value === undefined) return
      if (counts.best === undefined || sign * value > sign * counts.best.value) {
        counts.best = { value, text: headline(event.metrics), architecture: architectures.get(event.number) ?? '' }
      }
    },
  }
}

/**
 * @param seconds the run's time budget, if it has one
 * @param trials its trial budget, if it has one
 */
export function showProgress(
  terminal: Terminal,
  objective: { readonly metric: string; readonly direction: 'maximize' | 'minimize' },
  budget: { readonly seconds?: number; readonly trials?: number },
): Progress {
  return terminal.interactive ? barProgress(terminal, objective, budget) : lineProgress(terminal, objective)
}

function lineProgress(terminal: Terminal, objective: { readonly metric: string; readonly direction: 'maximize' | 'minimize' }): Progress {
  const state = tally(objective)
  const line = (text: string): void => terminal.error(`${text}\n`)
  return {
    event(event) {
      const before = state.counts.best
      state.take(event)
      if (event.type === 'trial-ended') {
        const what =
          event.status === 'finished' ? headline(event.metrics) : `${event.status}: ${event.reason ?? event.stoppedBy ?? 'no reason given'}`
        const mark = state.counts.best === before ? '' : '  (best so far)'
        line(`trial ${event.number}  ${what}  ${state.architectures.get(event.number) ?? ''}${mark}`)
      } else if (event.type === 'trial-continued') line(`trial ${event.number}  goes on`)
      else if (event.type === 'supernet-started') line(`shared weights: ${event.plan.epochs} epochs`)
      else if (event.type === 'supernet-epoch') {
        const { epoch, trainLoss, metrics, warning } = event.record
        const watched = Object.entries(metrics).map(([name, value]) => `  ${name} ${value.toPrecision(3)}`)
        line(`shared weights epoch ${epoch}  loss ${trainLoss.toFixed(4)}${watched.join('')}${warning ? `  ${warning}` : ''}`)
      } else if (event.type === 'final-started') line(`final training: ${event.epochs} epochs of ${event.architecture}`)
      else if (event.type === 'final-epoch') line(`final epoch ${event.record.epoch}  loss ${event.record.trainLoss.toFixed(4)}`)
      else if (event.type === 'final-ended') line(`test: ${headline(event.test)}`)
    },
    close() {},
  }
}

function barProgress(
  terminal: Terminal,
  objective: { readonly metric: string; readonly direction: 'maximize' | 'minimize' },
  budget: { readonly seconds?: number; readonly trials?: number },
): Progress {
  const state = tally(objective)
  const began = performance.timeOrigin
  let phase = 'getting ready'
  let final = ''
  let epochs = 0
  const bar = new SingleBar({
    format: `{bar} {clock}  {phase}  ${bold('{best}')}  ${dim('{what}')}`,
    barsize: 20,
    hideCursor: true,
    stream: process.stderr,
    fps: 5,
    clearOnComplete: true,
    linewrap: false,
  })
  const total = budget.seconds ?? budget.trials ?? 100
  bar.start(total, 0, { clock: '', phase, best: '', what: '' })
  const draw = (): void => {
    const elapsed = (Date.now() - began) / 1000
    const { finished, stopped, failed, best } = state.counts
    const done = budget.seconds === undefined ? finished + stopped + failed : elapsed
    const clock = budget.seconds === undefined ? duration(elapsed) : `${duration(elapsed)} of ${duration(budget.seconds)}`
    const room = Math.max(10, terminal.width - 60)
    bar.update(Math.min(total, done), {
      clock,
      phase: final || `${phase}: ${finished} trials${stopped ? `, ${stopped} stopped` : ''}${failed ? `, ${failed} failed` : ''}`,
      best: best ? `best ${best.text}` : '',
      what: best ? shorten(best.architecture, room) : '',
    })
  }
  const timer = setInterval(draw, 500)
  timer.unref()
  return {
    event(event) {
      state.take(event)
      if (event.type === 'trial-started') phase = 'searching'
      else if (event.type === 'supernet-epoch')
        phase = `shared weights: epoch ${event.record.epoch}, loss ${event.record.trainLoss.toFixed(3)}`
      else if (event.type === 'final-started') {
        epochs = event.epochs
        final = `final training: ${quantity(epochs)} epochs`
      } else if (event.type === 'final-epoch')
        final = `final training: epoch ${event.record.epoch} of ${epochs}, loss ${event.record.trainLoss.toFixed(3)}`
      draw()
    },
    close() {
      clearInterval(timer)
      bar.stop()
    },
  }
}
