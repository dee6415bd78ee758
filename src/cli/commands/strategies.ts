import type { CommandSpec } from '../command.ts'
import { listRegistry } from '../registry-list.ts'

export const strategies: CommandSpec = {
  name: 'strategies',
  summary: 'list the search strategies, with their options and defaults',
  arguments: [],
  options: [],
  examples: ['nascent strategies', 'nascent strategies --json'],
  async run(_, options, terminal) {
    const { searchers: entries } = await import('../../search/searchers.ts')
    return listRegistry(entries, 'strategy', '--set', options.json === true, terminal)
  },
}
