import { mkdirSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { encodedNames, encodeRow, encodeTable, inferTarget, listColumns, readTable } from '../../src/data/index.ts'
import { findDelimiter } from '../../src/data/table/delimiter.ts'
import { dateOf, isMissing, numberOf } from '../../src/data/table/cell.ts'
import { profileColumn } from '../../src/data/table/profile.ts'
import { learnTarget } from '../../src/data/table/target.ts'
import { examples, inputsOf, testFolder } from './folder.ts'

const { at, write, open } = testFolder('tables')
const lines = (count: number, row: (i: number) => string): string => Array.from({ length: count }, (_, i) => row(i)).join('\n')
const colours = ['red', 'green', 'blue']

/** 60 rows with numbers, holes, categories, dates, a row number, a constant and a free text. */
const mixed = [
  'id,size,colour,day,unit,remark,empty,price',
  lines(60, (i) => `${i + 1},${i % 7 === 0 ? 'NA' : i / 4},${colours[i % 3]},2024-0${1 + (i % 9)}-15,kg,text ${i},,${100.5 + i}`),
].join('\n')

describe('tables', () => {
  it('become rows of numbers, then category codes; columns that cannot help are left out and named', async () => {
    write('mixed.csv', mixed)
    const data = await open('mixed.csv', { target: 'price' })
    expect(data.task).toBe('regression')
    expect(data.columns?.map(({ name, kind }) => `${name}:${kind}`)).toEqual(['size:number', 'colour:category', 'day:date'])
    expect(encodedNames(data.columns ?? [])).toEqual(['size', 'size.missing', 'day.epoch', 'day.month', 'day.weekday', 'colour'])
    expect(data.input).toEqual({ shape: [6], categories: [4] })
    expect(data.notes).toEqual([
      'Left out: "id" (numbers each row, so it says nothing of a new one).',
      'Left out: "unit" (the same in every training row).',
      'Left out: "remark" (nearly every row has another text, as ids and free text do).',
      'Left out: "empty" (no value in any training row).',
    ])
    const values = data.columns?.[1].values ?? []
    expect([...values].sort()).toEqual(['blue', 'green', 'red'])
    for (const { input, target } of examples(data)) {
      const i = Number(target) - 100.5
      expect(input[0]).toEqual(i % 7 === 0 ? Number.NaN : i / 4)
      expect(input[1]).toBe(i % 7 === 0 ? 1 : 0)
      const day = new Date(Date.UTC(2024, i % 9, 15))
      expect(input.slice(2, 5)).toEqual([day.getTime() / 86_400_000, 1 + (i % 9), day.getUTCDay()])
      expect(values[input[5] - 1]).toBe(colours[i % 3])
    }
  })

  it('encode a new record as they were encoded for training; what is new or missing is code 0 or NaN', async () => {
    const data = await open('mixed.csv', { target: 'price' })
    const columns = data.columns ?? []
    const { table } = await readTable(at('mixed.csv'))
    const rows = encodeTable(columns, table)
    const width = data.input.shape[0]
    for (let r = 0; r < table.rows; r++) {
      const record = Object.fromEntries(table.columns.map(({ name, cells }) => [name, cells[r]]))
      expect(encodeRow(columns, record)).toEqual(rows.slice(r * width, (r + 1) * width))
    }
    const sorted = (values: ArrayLike<number>[]): string[] => values.map((row) => Array.from(row).join()).sort()
    expect(sorted(['train', 'valid', 'test'].flatMap((part) => inputsOf(data, part as 'train')))).toEqual(
      sorted(Array.from({ length: 60 }, (_, r) => rows.slice(r * width, (r + 1) * width))),
    )
    expect([...encodeRow(columns, { colour: 'mauve', size: 'big' })]).toEqual([Number.NaN, 1, Number.NaN, Number.NaN, Number.NaN, 0])
    expect([...encodeRow(columns, { size: 3, day: new Date(0), colour: ' red ' })].slice(0, 5)).toEqual([3, 0, 0, 1, 4])
    expect(() => encodeTable(columns, { name: 'new.csv', rows: 1, columns: [{ name: 'size', cells: ['1'] }] })).toThrow(
      /new\.csv lacks the columns colour, day/,
    )
  })

  it('learn categories and normalisation from the training part alone', async () => {
    write('leak.csv', ['x,c,label', lines(200, (i) => `${i % 10},${i * 1.5},${i % 2 ? 'yes' : 'no'}`)].join('\n'))
    const first = await open('leak.csv', { target: 'label' })
    const held = examples(first)
      .filter(({ part }) => part !== 'train')
      .map(({ input }) => input[1])
    // The same table with other values in what was held out: nothing that was learnt may change.
    write(
      'leak.csv',
      ['x,c,label', lines(200, (i) => `${held.includes(i * 1.5) ? 5000 + i : i % 10},${i * 1.5},${i % 2 ? 'yes' : 'no'}`)].join('\n'),
    )
    const second = await open('leak.csv', { target: 'label' })
    expect(second.normalization).toEqual(first.normalization)
    expect(examples(second).some(({ input }) => input[0] > 4999)).toBe(true)
  })

  it('cap categories and let rare ones share code 0', async () => {
    write(
      'cities.csv',
      ['city,x,label', lines(1000, (i) => `${i < 900 ? `c${i % 150}` : `rare${i % 60}`},${i % 13}.5,${i % 2}`)].join('\n'),
    )
    const data = await open('cities.csv', { target: 'label' })
    const values = data.columns?.find(({ name }) => name === 'city')?.values ?? []
    expect(values.length).toBe(100)
    expect(values.some((value) => value.startsWith('rare'))).toBe(false)
    expect(Math.max(...examples(data).map(({ input }) => input[1]))).toBe(100)
  })

  it('find out the delimiter, quotes, a byte-order mark, decimal commas, gzip', async () => {
    const rows = (cut: string, comma: string): string =>
      [['a', 'b', 'label'].join(cut), lines(20, (i) => [`${i}${comma}5`, `"${i % 3}"`, i % 2 ? 'x' : 'y'].join(cut))].join('\r\n')
    for (const [name, text] of [
      ['semicolon.csv', rows(';', ',')],
      ['tab.tsv', rows('\t', '.')],
      ['bar.txt', rows('|', '.')],
      ['mark.csv', `\uFEFF${rows(',', '.')}`],
      ['blanks.data', lines(20, (i) => `  ${i}.5   ${i % 3}  ${i % 2 ? 'x' : 'y'}`)],
    ] as const) {
      write(name, text)
      const data = await open(name, { target: name === 'blanks.data' ? '3' : 'label' })
      expect(data.classes).toEqual(['x', 'y'])
      expect(
        examples(data)
          .map(({ input }) => input[0])
          .sort((a, b) => a - b),
      ).toEqual(Array.from({ length: 20 }, (_, i) => i + 0.5))
    }
    write('packed.csv.gz', gzipSync(rows(',', '.')))
    expect((await open('packed.csv.gz', { target: 'label' })).train.count).toBe(14)
    expect(findDelimiter('a;b;c\n1;2,5;x\n2;3,5;y\n')).toBe(';')
    expect(findDelimiter('"a,b";c\n"d,e";f\n')).toBe(';')
    expect(findDelimiter('one\ntwo words\n')).toBe(',')
  })

  it('number the columns where there is no header', async () => {
    write(
      'bare.csv',
      lines(30, (i) => `${i % 5}.1,${i % 4},${i % 2 ? 'a' : 'b'}`),
    )
    expect(await listColumns(at('bare.csv'))).toEqual(['column1', 'column2', 'column3'])
    for (const target of ['column3', '3']) expect((await open('bare.csv', { target })).classes).toEqual(['a', 'b'])
    write('index.csv', [',a,label', lines(30, (i) => `${i},${i % 7}.5,${i % 2 ? 'a' : 'b'}`)].join('\n'))
    const data = await open('index.csv', { target: 'label' })
    expect(data.columns?.map(({ name }) => name)).toEqual(['a'])
  })

  it('are taken with their parts from a folder of train, valid and test', async () => {
    for (const [part, count] of [
      ['train', 40],
      ['valid', 10],
      ['test', 12],
    ] as const)
      write(`parts/${part}.csv`, ['a,label', lines(count, (i) => `${i % 9}.5,${i % 2 ? 'x' : 'y'}`)].join('\n'))
    const data = await open('parts', { target: 'label' })
    expect([data.train.count, data.valid.count, data.test.count]).toEqual([40, 10, 12])
    expect(await listColumns(at('parts'))).toEqual(['a', 'label'])
    write('parts/test.csv', 'b,label\n1,x\n')
    await expect(open('parts', { target: 'label' })).rejects.toThrow(/test\.csv lacks "a", which train\.csv has/)
  })
})

describe('Parquet', () => {
  it('is read with its types: numbers, large integers, booleans, dates, text, holes', async () => {
    const index = Array.from({ length: 40 }, (_, i) => i)
    const buffer = parquetWriteBuffer({
      columnData: [
        { name: 'float', data: index.map((i) => (i % 9 === 0 ? null : i / 2)), type: 'DOUBLE', nullable: true },
        { name: 'long', data: index.map((i) => BigInt(i % 11)), type: 'INT64' },
        { name: 'flag', data: index.map((i) => i % 3 === 0), type: 'BOOLEAN' },
        { name: 'day', data: index.map((i) => new Date(Date.UTC(2020, i % 12, 1 + (i % 28)))), type: 'TIMESTAMP' },
        { name: 'label', data: index.map((i) => (i % 2 ? 'odd' : 'even')), type: 'STRING' },
      ],
    })
    write('typed.parquet', new Uint8Array(buffer))
    expect(await listColumns(at('typed.parquet'))).toEqual(['float', 'long', 'flag', 'day', 'label'])
    const data = await open('typed.parquet', { target: 'label' })
    expect(data.columns?.map(({ name, kind }) => `${name}:${kind}`)).toEqual(['float:number', 'long:number', 'flag:category', 'day:date'])
    expect(data.classes).toEqual(['even', 'odd'])
    const names = encodedNames(data.columns ?? [])
    for (const { input, target } of examples(data)) {
      const month = input[names.indexOf('day.month')]
      const value = input[names.indexOf('float')]
      if (!Number.isNaN(value)) {
        expect(target).toBe((2 * value) % 2 ? 'odd' : 'even')
        expect(month).toBe(1 + ((2 * value) % 12))
        expect(input[names.indexOf('long')]).toBe((2 * value) % 11)
      }
    }
    write('cut.parquet', new Uint8Array(buffer).subarray(0, 300))
    await expect(open('cut.parquet', { target: 'label' })).rejects.toThrow(/cut\.parquet is not a whole Parquet file/)
  })
})

describe('the target column', () => {
  const target = (cells: (string | number | boolean | null)[]) => learnTarget(cells, 'it')

  it('says whether classes or numbers are to be predicted', () => {
    expect(target(['a', 'b', 'a']).task).toBe('classification')
    expect(target([true, false, true]).classes).toEqual(['false', 'true'])
    expect(target(['0', '1', '1', '0']).classes).toEqual(['0', '1'])
    expect(target(['10', '9', '9', '10']).classes).toEqual(['9', '10'])
    expect(target(['1.0', '2.0', '1.0']).classes).toEqual(['1', '2'])
    expect(target(['1.5', '2', '1.5']).task).toBe('regression')
    expect(target(Array.from({ length: 50 }, (_, i) => i % 11)).task).toBe('regression')
    expect(target(Array.from({ length: 50 }, (_, i) => i % 10)).task).toBe('classification')
    expect(target(['none', 'mild', 'none', 'severe']).classes).toEqual(['mild', 'none', 'severe'])
  })

  it('leaves out rows without a target, and says so', () => {
    const learned = target(['a', '', 'b', null, 'NA', 'a'])
    expect([...learned.rows]).toEqual([0, 2, 5])
    expect([...learned.targets]).toEqual([0, 1, 0])
    expect(learned.notes).toEqual(['3 of 6 rows have no target and were left out.'])
  })

  it('is guessed, likely names first, then from the last', () => {
    expect(inferTarget(['a', 'b', 'c'])).toEqual(['c', 'b', 'a'])
    expect(inferTarget(['Label', 'b', 'c'])).toEqual(['Label', 'c', 'b'])
  })
})

describe('cells', () => {
  it('are numbers, dates or missing', () => {
    expect(['1', '-2.5', '.5', '+3e2', '4.'].map((text) => numberOf(text))).toEqual([1, -2.5, 0.5, 300, 4])
    expect(['', '1,5', '1 2', '0x10', 'Infinity', 'e5', '1e'].map((text) => numberOf(text))).toEqual(
      Array.from({ length: 7 }).fill(Number.NaN),
    )
    expect(numberOf('1,5', true)).toBe(1.5)
    expect(['', ' ', '?', 'NA', 'n/a', 'NaN', 'null', 'None', '-'].every(isMissing)).toBe(true)
    expect(['0', 'no', 'nano', 'x'].some(isMissing)).toBe(false)
    expect(dateOf('2024-02-29', 'ymd')).toBe(Date.UTC(2024, 1, 29))
    expect(dateOf('2023-02-29', 'ymd')).toBeNaN()
    expect(dateOf('2024-03-01T12:30:15.5+02:00', 'ymd')).toBe(Date.UTC(2024, 2, 1, 10, 30, 15, 500))
    expect(dateOf('1.3.2024', 'dmy')).toBe(Date.UTC(2024, 2, 1))
    expect(dateOf('1/3/2024 7:05', 'mdy')).toBe(Date.UTC(2024, 0, 3, 7, 5))
  })

  it('tell the kind of their column, the order of day and month too', () => {
    expect(profileColumn(['1', '2', null])).toMatchObject({ kind: 'number', present: 2 })
    expect(profileColumn(['1,5', '2', '3,25'])).toMatchObject({ kind: 'number', decimalComma: true })
    expect(profileColumn(['13/01/2024', '02/03/2024'])).toMatchObject({ kind: 'date', format: 'dmy' })
    expect(profileColumn(['01/13/2024', '02/03/2024'])).toMatchObject({ kind: 'date', format: 'mdy' })
    expect(profileColumn([null, ''])).toMatchObject({ kind: 'missing' })
    const mistyped = Array.from({ length: 100 }, (_, i) => (i === 7 ? 'oops' : String(i)))
    expect(profileColumn(mistyped)).toMatchObject({ kind: 'number', strange: ['oops'], present: 99 })
  })
})

describe('tables that cannot be used', () => {
  const refused: readonly (readonly [string, string | undefined, string, RegExp])[] = [
    [
      'no-target.csv',
      undefined,
      'a,b\n1,2\n',
      /no-target\.csv is a table: say which column to predict with --target; its columns are a, b/,
    ],
    ['wrong.csv', 'C', 'a,b,c\n1,2,3\n', /wrong\.csv has no column "C" \(did you mean "c"\?\): its columns are a, b, c/],
    ['bare-wrong.csv', 'x', '1,2\n3,4\n', /its columns are column1, column2 \(it has no header line/],
    ['ragged.csv', 'b', 'a,b\n1,2\n3\n4,5\n', /ragged\.csv, line 3 has 1 columns where the lines before have 2/],
    ['quote.csv', 'b', 'a,b\n1,"2\n3,4\n', /quote\.csv, line \d: a quote \("\) is opened and never closed/],
    ['inner.csv', 'b', 'a,b\n1,2\n3,"x"y\n', /inner\.csv, line 3: a quote \("\) stands within a cell/],
    ['twice.csv', 'a', 'a,b,a\n1,2,3\n', /two columns named "a" \(columns 1 and 3\)/],
    ['missing.csv', 'b', 'a,b\n1,\n2,NA\n3,?\n', /The target "b" of missing\.csv has no value in any row/],
    ['alone.csv', 'a', 'a\n1\n2\n', /has only the column "a"/],
    ['useless.csv', 'b', `a,b\n${lines(20, (i) => `1,${i % 2}`)}`, /no column to predict "b" from/],
    ['tiny.csv', 'b', 'a,b\n1,x\n2,y\n', /has only 2 examples: at least 6/],
    ['one-class.csv', 'b', `a,b\n${lines(20, (i) => `${i}.5,same`)}`, /one class only \("same"\)/],
    ['one-value.csv', 'b', `a,b\n${lines(20, (i) => `${i}.5,1.5`)}`, /"b" is the same everywhere/],
    ['names.csv', 'b', `a,b\n${lines(20, (i) => `${i}.5,name${i}`)}`, /20 different values in 20 rows, too many to be classes/],
    ['dates.csv', 'b', `a,b\n${lines(20, (i) => `${i}.5,2024-01-${10 + i}`)}`, /holds dates, which cannot be predicted/],
    ['header.csv', 'b', 'a,b\n', /column names but no rows/],
    ['blank.csv', 'b', '\n\n', /is empty/],
    ['empty.csv', 'b', '', /is empty/],
    ['binary.csv', 'b', 'a,b\0\0\n', /is not a text table/],
    ['strange.xyz', 'b', 'a,b\n', /in no format that is read/],
    ['packed.csv.gz', 'b', 'not gzip', /packed\.csv\.gz is not a whole gzip file/],
    ['none.parquet', 'b', 'PAR1 garbage', /not a whole Parquet file/],
  ]

  it.each(refused)('%s', async (name, target, text, sentence) => {
    write(name, text)
    const refusal = open(name, { ...(target !== undefined && { target }) })
    await expect(refusal).rejects.toThrow(sentence)
    await expect(refusal).rejects.toMatchObject({ name: 'UserError' })
  })

  it('paths and names that do not exist, with the nearest names', async () => {
    await expect(open('nowhere')).rejects.toThrow(
      /no file or folder .*nowhere, and no data set of that name; known names are digits, fashion-mnist/,
    )
    const { openDataset } = await import('../../src/data/index.ts')
    await expect(openDataset('digts')).rejects.toThrow(/did you mean digits\?/)
    await expect(openDataset('FashionMNIST')).rejects.toThrow(/did you mean fashion-mnist\?/)
    mkdirSync(at('digits-here'))
    await expect(openDataset(at('digits-here'))).rejects.toThrow(/is empty/)
  })
})
