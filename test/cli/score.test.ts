import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nascent } from './nascent.ts'

interface Answer {
  readonly networks: number
  readonly architectures: readonly {
    readonly architecture: string
    readonly meanRank: number
    readonly scores: Readonly<Record<string, number | null>>
    readonly ranks: Readonly<Record<string, number>>
  }[]
}

const folder = mkdtempSync(join(tmpdir(), 'nascent-score-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

describe('nascent score', () => {
  it('ranks networks of a space, the same ones for a seed', () => {
    const args = ['score', 'nas-bench-201:channels=8', 'digits', '--count', '30', '--batch', '16', '--json']
    const [first, second] = [nascent(args), nascent(args)]
    expect(first.code).toBe(0)
    const { networks, architectures } = JSON.parse(first.stdout) as Answer
    expect(networks).toBe(30)
    expect(architectures).toHaveLength(30)
    expect(Object.keys(architectures[0].scores)).toEqual(['naswot', 'synflow'])
    expect(architectures.map(({ meanRank }) => meanRank)).toEqual(architectures.map(({ meanRank }) => meanRank).sort((a, b) => a - b))
    expect((JSON.parse(second.stdout) as Answer).architectures).toEqual(architectures)
  })

  it('scores given architectures, with null for what cannot be scored', () => {
    const cells = file(
      'cells.txt',
      '# the first has no path\n|none~0|+|none~0|none~1|+|none~0|none~1|none~2|\n\n|nor_conv_3x3~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|\n',
    )
    const { code, stdout } = nascent(['score', cells, 'digits', '--space', 'nas-bench-201', '--scores', 'synflow,params', '--json'])
    expect(code).toBe(0)
    const { architectures } = JSON.parse(stdout) as Answer
    expect(architectures.map(({ scores }) => scores.synflow === null)).toEqual([false, true])
    expect(architectures[0].ranks).toEqual({ synflow: 1, params: 1 })
  })

  it('shows a table without --json', () => {
    const { code, stdout } = nascent(['score', 'nas-bench-201', 'digits', '--count', '3', '--scores', 'flops,params'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^place\tmean rank\tflops\tparams\tarchitecture\n1\t/)
  })

  it.each([
    [['score', 'nas-bench-201', 'digits', '--scores', 'naswit'], /no zero-cost score "naswit".*Did you mean "naswot"\?/],
    [['score', 'nas-bench-202', 'digits'], /no search space "nas-bench-202"/],
    [['score', 'mlp', 'digits'], /is for table data/],
    [['score', file('lone.txt', 'cell()\n'), 'digits'], /Say with --space/],
    [['score', file('empty.txt', '# nothing\n'), 'digits', '--space', 'nas-bench-201'], /no architecture in/],
    [['score', 'cell(n1(', 'digits', '--space', 'nas-bench-201'], /./],
  ])('says what to mend: %j', (args, message) => {
    const { code, stderr } = nascent(args)
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })
})
