import type { CommandSpec } from '../command.ts'
import { printJson, printTable } from '../terminal.ts'

export const doctor: CommandSpec = {
  name: 'doctor',
  summary: 'say what works on this machine: Node, ONNX Runtime, devices, fast kernels, memory, disk',
  arguments: [],
  options: [],
  examples: ['nascent doctor', 'nascent doctor --json'],
  async run(_, options, terminal) {
    const { examine } = await import('../doctor.ts')
    const findings = await examine()
    if (options.json) printJson(terminal, findings)
    else
      printTable(
        terminal,
        ['what', 'works', 'detail'],
        findings.map((finding) => [finding.name, finding.works ? 'yes' : 'no', finding.detail]),
      )
    return findings.some((finding) => finding.needed && !finding.works) ? 1 : 0
  },
}
