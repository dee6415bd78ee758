import { columnLike, hasColumns, type KnownTable } from './known-table.ts'

const operations = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3']

/** Six digits, an operation an edge in the order 1←0, 2←0, 2←1, 3←0, 3←1, 3←2, as the paper writes an architecture. */
function published(digits: string): string {
  const edge = (at: number, source: number): string => `|${operations[Number(digits[at])]}~${source}`
  return `${edge(0, 0)}|+${edge(1, 0)}${edge(2, 1)}|+${edge(3, 0)}${edge(4, 1)}${edge(5, 2)}|`
}

/** Accuracy in percent after 12 and 200 epochs on three data sets. */
export const nasBench201Table: KnownTable = {
  name: 'nas-bench-201',
  summary: '15,625 cells trained 12 and 200 epochs on CIFAR-10, CIFAR-100 and ImageNet-16-120',
  paper: 'Dong and Yang 2020, arXiv:2001.00326',
  file: 'nas-bench-201/nb201_table.csv.gz',
  source:
    'write a CSV from the data of github.com/D-X-Y/NAS-Bench-201, with the columns arch (six digits, an operation an edge), c10_val_e12 and c10_test_e200 (docs/BENCHMARKS.md)',
  space: 'nas-bench-201',
  recognise: (table) =>
    hasColumns(table, ['c10_val_e12']) || hasColumns(table, ['c10_test_e200']) ? columnLike(table, 'arch', /^[0-4]{6}$/) : undefined,
  notation: (text) => (/^[0-4]{6}$/.test(text) ? published(text) : text),
  pairs: [
    { signal: 'c10_val_e12', truth: 'c10_test_e200' },
    { signal: 'c100_val_e12', truth: 'c100_test_e200' },
    { signal: 'in16_val_e12', truth: 'in16_test_e200' },
  ],
}
