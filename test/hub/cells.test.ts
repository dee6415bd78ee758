import { describe, expect, it } from 'vitest'
import { dartsSpace, enasMacroSpace, enasMicroSpace, nasnetSpace, pnasSpace } from '../../src/hub/index.ts'
import { randomFor } from '../../src/space/index.ts'
import { AMOEBANET_A, DARTS_V2, NASNET_A, PNASNET_5 } from './published-cells.ts'

const cifar = { input: { shape: [3, 32, 32] }, outputs: 10 }

describe('DARTS', () => {
  it('reads a genotype, and its network has exactly the published parameters: 3.349342 million', () => {
    const whole = dartsSpace({ cells: 20, channels: 36 })
    const architecture = whole.parse(DARTS_V2)
    expect(whole.print(architecture)).toMatch(
      /^normal\(n1\(s0=sep_conv_3x3 s1=sep_conv_3x3\).*n4\(inputs=0,2 s0=skip_connect n1=dil_conv_3x3\)\) reduction\(/,
    )
    expect(whole.cost(architecture, cifar).parameters).toBe(3_349_342)
  })

  it('says why a cell is none of its own', () => {
    const space = dartsSpace()
    expect(() => space.parse(NASNET_A)).toThrow(/none of DARTS: that has 8 edges/)
    expect(() => space.parse(DARTS_V2.replace("('sep_conv_3x3', 1)", "('sep_conv_3x3', 0)"))).toThrow(/reads the source 0 twice in node 2/)
    expect(() => space.parse(DARTS_V2.replace('normal=', 'abnormal='))).toThrow(/lacks "normal=/)
    expect(() => space.parse(DARTS_V2.replace('dil_conv_3x3', 'dil_conv_9x9'))).toThrow(/dil_conv_9x9 is none of max_pool_3x3/)
  })

  it('finds cells equal whose nodes come in another order', () => {
    const space = dartsSpace()
    const rest = 'n3(inputs=0,1 s0=max_pool_3x3 s1=max_pool_3x3) n4(inputs=0,1 s0=avg_pool_3x3 s1=avg_pool_3x3)'
    const other =
      'reduction(n1(s0=skip_connect s1=skip_connect) n2(inputs=0,1 s0=skip_connect s1=skip_connect) n3(inputs=0,1 s0=skip_connect s1=skip_connect) n4(inputs=0,1 s0=skip_connect s1=skip_connect))'
    const form = (n1: string, n2: string): string =>
      space.canonical(space.parse(`normal(n1(s0=${n1} s1=${n1}) n2(inputs=0,1 s0=${n2} s1=${n2}) ${rest}) ${other}`))
    expect(form('sep_conv_3x3', 'sep_conv_5x5')).toBe(form('sep_conv_5x5', 'sep_conv_3x3'))
    expect(form('sep_conv_3x3', 'sep_conv_5x5')).not.toBe(form('sep_conv_3x3', 'sep_conv_3x3'))
  })
})

describe('NASNet', () => {
  const parameters = (text: string, channels: number): number => {
    const whole = nasnetSpace({ cells: 20, channels })
    return whole.cost(whole.parse(text), cifar).parameters / 1e6
  }

  it('holds NASNet-A and AmoebaNet-A; their networks have about the published parameters', () => {
    // Published 3.3 and 3.2 million, with stems and what fits sizes of the papers' own.
    expect(Math.abs(parameters(NASNET_A, 32) - 3.3)).toBeLessThan(0.3)
    expect(Math.abs(parameters(AMOEBANET_A, 36) - 3.2)).toBeLessThan(0.1)
  })

  it('says why a cell is none of its own', () => {
    expect(() => nasnetSpace().parse(DARTS_V2)).toThrow(/normal cell has 8 edges, but this space has 10/)
    expect(() => nasnetSpace().parse(NASNET_A.replace('reduce_concat=[4', 'reduce_concat=[3'))).toThrow(/concatenates 3, 5, 6.*4, 5, 6/)
  })
})

describe('PNAS', () => {
  it('holds the cell of PNASNet-5; its network for small images has about the published parameters', () => {
    const whole = pnasSpace({ cells: 9, channels: 48 })
    const architecture = whole.parse(PNASNET_5)
    expect(whole.print(architecture)).toMatch(/n4a\(inputs=4 n3=sep_conv_3x3\) n4b\(inputs=1 s1=max_pool_3x3\)/)
    // Published, rounded: 3.2 million.
    expect((whole.cost(architecture, cifar).parameters / 1e6).toFixed(1)).toBe('3.2')
  })

  it('says why a cell is none of its own', () => {
    expect(() => pnasSpace().parse(AMOEBANET_A)).toThrow(/two cells, but this space has one/)
    expect(() => pnasSpace().parse(PNASNET_5.replaceAll('concat=[2, 3, 4', 'concat=[2, 3, 3'))).toThrow(
      /concatenates.*all nodes: 2, 3, 4, 5, 6/,
    )
  })
})

describe('ENAS', () => {
  it('micro reads the published forty numbers', () => {
    const space = enasMicroSpace()
    const numbers = '0 2 0 0 0 4 0 1 0 4 1 1 1 0 0 1 0 2 1 1 1 0 1 0 0 3 0 2 1 1 3 1 1 0 0 4 0 3 1 1'
    const text = space.print(space.parse(numbers))
    expect(text).toMatch(/^normal\(n1a\(inputs=0 s0=avg_pool_3x3\) n1b\(inputs=0 s0=sep_conv_3x3\) n2a\(inputs=0 s0=skip_connect\)/)
    expect(text).toContain('n3b(inputs=3 n2=sep_conv_5x5)')
    expect(() => space.parse(numbers.replace('0 2', '0 7'))).toThrow(/s0=7 is none of sep_conv_3x3/)
  })

  it('macro reads the published rows of numbers', () => {
    const space = enasMacroSpace()
    const rows = Array.from({ length: 12 }, (_, i) => [i % 6, ...Array.from({ length: i }, (__, j) => (j % 2 === 0 ? 1 : 0))].join(' '))
    const text = space.print(space.parse(rows.join(' ')))
    expect(text).toMatch(/^layers\(op1\(op=conv_3x3\) op2\(op=sep_conv_3x3\) layer2\(inputs=0\) op3\(op=conv_5x5\) layer3\(inputs=0\)/)
    expect(text).toContain('layer12(inputs=0,2,4,6,8,10)')
  })

  it('macro adds the layers that were chosen, brought to the same extents', () => {
    const space = enasMacroSpace()
    const network = space.child(space.sample(randomFor(4)), { input: { shape: [1, 28, 28] }, outputs: 10 })
    expect(network.nodes.filter(({ path }) => path.includes('project'))).toEqual([])
    expect(network.nodes.filter(({ layer }) => layer.kind === 'shift').length).toBeGreaterThan(0)
  })
})
