import { columnLike, type KnownTable } from './known-table.ts'

const tasks = ['class_object', 'class_scene', 'jigsaw', 'room_layout', 'segmentsemantic', 'normal', 'autoencoder']

/** What each of seven tasks measured on its validation part; larger is better in all. There is no test part, so a task's column is signal and truth. */
export const transNasBench101Table: KnownTable = {
  name: 'trans-nas-bench-101',
  summary: '4,096 cells trained on seven tasks of Taskonomy',
  paper: 'Duan et al. 2021, arXiv:2105.11871',
  file: 'trans-nas-bench-101/tnb101_micro.csv.gz',
  source:
    'write a CSV from the data of github.com/yawen-d/TransNASBench, with the columns arch (six digits, an operation an edge) and class_object_val (docs/BENCHMARKS.md)',
  space: 'trans-nas-bench-101',
  recognise: (table) =>
    table.columns.some(({ name }) => tasks.some((task) => name === `${task}_val`)) ? columnLike(table, 'arch', /^[0-3]{6}$/) : undefined,
  notation: (text) => text,
  pairs: tasks.map((task) => ({ signal: `${task}_val`, truth: `${task}_val` })),
}
