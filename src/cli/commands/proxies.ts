import type { CommandSpec } from '../command.ts'
import { listRegistry } from '../registry-list.ts'

export const proxies: CommandSpec = {
  name: 'proxies',
  summary: 'list the proxies, which keep a search from training each network whole, with their options and defaults',
  arguments: [],
  options: [],
  examples: ['nascent proxies', 'nascent proxies --json'],
  async run(_, options, terminal) {
    const { proxies: entries } = await import('../../proxy/registry.ts')
    return listRegistry(entries, 'proxy', '--proxy-set', options.json === true, terminal)
  },
}
