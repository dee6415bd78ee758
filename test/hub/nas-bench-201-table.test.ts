import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Cost } from '../../src/network/index.ts'
import { describe, expect, it } from 'vitest'
import { nasBench201Space } from '../../src/hub/index.ts'
import { reduceGraph } from '../../src/space/index.ts'

const file = resolve(process.env.NASCENT_DATA ?? '../shared/data', 'nas-bench-201/nb201_table.csv.gz')
const names = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3']
const space = nasBench201Space()

interface Row {
  readonly operations: readonly string[]
  readonly text: string
  /** The benchmark's number of the cell's class. */
  readonly published: string
}

function read(): readonly Row[] {
  const [, ...lines] = gunzipSync(readFileSync(file)).toString().trim().split('\n')
  return lines.map((line) => {
    const [, digits, published] = line.split(',')
    const e = digits.split('').map((digit) => names[Number(digit)])
    return {
      operations: e,
      text: `|${e[0]}~0|+|${e[1]}~0|${e[2]}~1|+|${e[3]}~0|${e[4]}~1|${e[5]}~2|`,
      published,
    }
  })
}

/** The benchmark's own rule: a text a node, of what it sums; zeros stay terms of a sum, and a node read twice is written twice. */
function publishedRule(operations: readonly string[]): string {
  const texts = ['0']
  let at = 0
  for (let node = 1; node <= 3; node++) {
    const terms = texts.map((text) => {
      const operation = operations[at++]
      if (operation === 'none' || text === '#') return '#'
      return operation === 'skip_connect' ? text : `(${text})@${operation}`
    })
    texts.push(terms.sort().join('+'))
  }
  return texts[3]
}

/** What a cell computes, as a sum of operations on sums, zeros dropped; a node read twice is written twice. */
function unfolded(operations: readonly string[]): string {
  const sums: (readonly string[])[] = [['input']]
  let at = 0
  for (let node = 1; node <= 3; node++)
    sums.push(
      sums
        .flatMap((sum) => {
          const operation = operations[at++]
          if (operation === 'none' || sum.length === 0) return []
          return operation === 'skip_connect' ? sum : [`${operation}(${sum.join('+')})`]
        })
        .sort(),
    )
  return sums[3].join('+')
}

const distinct = (texts: readonly string[]): number => new Set(texts).size

describe.skipIf(!existsSync(file))('the canonical forms of all cells of NAS-Bench-201 (needs the table, see NASCENT_DATA)', () => {
  const rows = existsSync(file) ? read() : []
  const forms = rows.map(({ text }) => space.canonical(space.parse(text)))

  it('are 5,425, between what cells compute and how the benchmark writes them', () => {
    const published = rows.map(({ operations }) => publishedRule(operations))
    const computed = rows.map(({ operations }) => unfolded(operations))
    // The 6,466 published classes follow from the published rule.
    expect(distinct(published)).toBe(6466)
    expect(distinct(rows.map((row, i) => `${row.published} ${published[i]}`))).toBe(6466)
    // Equal forms compute the same sums of operations; apart from it they tell a node read twice from two nodes.
    expect(distinct(forms)).toBe(5425)
    expect(distinct(computed)).toBe(4930)
    expect(distinct(forms.map((form, i) => `${form} ${computed[i]}`))).toBe(5425)
  })

  it('have one number of parameters and operations each, where a cell has no dead part', () => {
    const costs = new Map<string, Cost>()
    let again = 0
    for (let i = 0; i < rows.length; i += 7) {
      const architecture = space.parse(rows[i].text)
      const live = reduceGraph(space.graph(architecture)).nodes.filter(({ role }) => role === 'operation').length
      if (live < rows[i].operations.filter((operation) => operation !== 'none' && operation !== 'skip_connect').length) continue
      const cost = space.cost(architecture, { input: { shape: [3, 8, 8] }, outputs: 10 })
      const known = costs.get(forms[i])
      if (known === undefined) costs.set(forms[i], cost)
      else {
        again++
        expect([known.parameters, known.flops]).toEqual([cost.parameters, cost.flops])
      }
    }
    expect(again).toBeGreaterThan(50)
  })
})
