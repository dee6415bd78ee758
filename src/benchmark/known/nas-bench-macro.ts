import { columnLike, hasColumns, type KnownTable } from './known-table.ts'

/** Test accuracy in percent on CIFAR-10 of three trainings and their mean; the strategies see the mean, and are judged by it. */
export const nasBenchMacroTable: KnownTable = {
  name: 'nas-bench-macro',
  summary: '6,561 networks trained three times each on CIFAR-10',
  paper: 'Su et al. 2021, arXiv:2103.11922',
  file: 'nas-bench-macro/nas-bench-macro_cifar10.json',
  source: 'download data/nas-bench-macro_cifar10.json from github.com/xiusu/NAS-Bench-Macro',
  space: 'nas-bench-macro',
  recognise: (table) => (hasColumns(table, ['mean_acc']) ? columnLike(table, 'architecture', /^[012]{8}$/) : undefined),
  notation: (text) => text,
  pairs: [{ signal: 'mean_acc', truth: 'mean_acc' }],
}
