import { describe, expect, it } from 'vitest'
import { fullName } from '../../src/cli/command.ts'
import { commands } from '../../src/cli/commands/index.ts'
import { nascent } from './nascent.ts'

const contract = [
  'fit',
  'search',
  'train',
  'resume',
  'ls',
  'show',
  'export',
  'report',
  'predict',
  'spaces',
  'strategies',
  'datasets',
  'score',
  'bench tabular',
  'doctor',
]

describe('the command line', () => {
  it('has every command of the contract', () => {
    const names = commands.map(fullName)
    expect(contract.filter((name) => !names.includes(name))).toEqual([])
  })

  it.each(contract)('%s --help explains itself with an example and exits with 0', (name) => {
    const { code, stdout } = nascent([...name.split(' '), '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain(`nascent ${name}`)
    expect(stdout).toMatch(/Examples:\n {2}\$ nascent/)
    expect(stdout).toContain('--json')
  })

  it('prints its version', () => {
    expect(nascent(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it.each(['spaces', 'strategies', 'datasets'])('%s --json is an array of records with name and summary', (name) => {
    const rows = JSON.parse(nascent([name, '--json']).stdout) as { name: string; summary: string }[]
    expect(rows.length).toBeGreaterThan(1)
    for (const row of rows) {
      expect(row.name).toMatch(/^[a-z0-9-]+$/)
      expect(row.summary.length).toBeGreaterThan(10)
    }
  })
})
