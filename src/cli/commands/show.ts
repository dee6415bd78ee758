import type { TrialRow } from '../../search/events.ts'
import type { CommandSpec } from '../command.ts'
import { wholeNumber } from '../options.ts'
import { printJson, printTable, quantity } from '../terminal.ts'

/** The trial list of the contract's JSON. */
function trialRecord(row: TrialRow): Record<string, unknown> {
  const { curve: _, decisions: __, ended: ___, replayOf: ____, inherits: _____, ...shown } = row
  return { ...shown, parent: row.parents[0] }
}

export const show: CommandSpec = {
  name: 'show',
  summary: 'show a run: its settings and every trial; or one trial with its learning curve; or the event log',
  arguments: [
    { name: '<run>', summary: "the run's id or its folder (nascent ls)" },
    { name: '[trial]', summary: 'number of one trial' },
  ],
  options: [{ flags: '--events', summary: 'print the event log, a JSON line an event', default: false }],
  examples: ['nascent show brave-otter', 'nascent show brave-otter 12', 'nascent show brave-otter --events'],
  async run([run, trial], options, terminal) {
    const { openRun } = await import('../../search/node/runs.ts')
    const { frontOf } = await import('../../search/front.ts')
    const { summary, state, trials, events } = openRun(run as string)
    if (options.events) {
      for (const event of events()) terminal.out(`${JSON.stringify(event)}\n`)
      return 0
    }
    if (trial !== undefined) {
      const { UserError } = await import('../../errors.ts')
      const row = trials.find((candidate) => candidate.number === wholeNumber('trial', 0)(trial as string))
      if (row === undefined)
        throw new UserError(`Run ${summary.run} has no trial ${trial as string}; it has ${trials.length} (nascent show ${summary.run}).`)
      if (options.json) printJson(terminal, { ...trialRecord(row), curve: row.curve })
      else {
        terminal.out(
          `trial ${row.number}: ${row.status}${row.stoppedBy ? ` by ${row.stoppedBy}` : ''}${row.reason ? ` (${row.reason})` : ''}\n${row.architecture}\n`,
        )
        printTable(
          terminal,
          ['epoch', 'train loss', 'valid loss', 'metrics'],
          row.curve.map((point) => [
            String(point.epoch),
            point.trainLoss.toFixed(4),
            point.validLoss.toFixed(4),
            metricsText(point.metrics),
          ]),
        )
      }
      return 0
    }
    const front = frontOf(state.config.objectives, trials)
    const { savingsOf } = await import('../../search/savings.ts')
    const savings = savingsOf(state.config, trials)
    if (options.json) printJson(terminal, { ...summary, front, savings, trials: trials.map(trialRecord) })
    else {
      const best = new Set(front?.map(({ number }) => number))
      terminal.out(`${summary.run}  ${summary.status}  ${summary.space} + ${summary.strategy} on ${summary.data}\n`)
      printTable(
        terminal,
        ['trial', 'status', 'metrics', 'epochs', 'architecture'],
        trials.map((row) => [
          `${row.number}${best.has(row.number) ? ' *' : ''}`,
          row.status,
          metricsText(row.metrics),
          String(row.epochs),
          row.architecture,
        ]),
      )
      if (savings) {
        const { savingsText } = await import('../run.ts')
        terminal.out(`proxies saved ${savingsText(savings)}\n`)
      }
      const names = state.config.objectives.map(({ metric }) => metric).join(', ')
      if (front) terminal.out(`* on the Pareto front: no other trial is better in one of ${names} without being worse in another\n`)
    }
    return 0
  },
}

function metricsText(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${Math.abs(value) >= 1000 ? quantity(value) : value.toPrecision(4)}`)
    .join(', ')
}
