import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { newRunId, spokenName } from '../../src/search/node/run-names.ts'
import { createRunPlace, databaseName, discardRunPlace, findRun, listRuns, openRun, type RunPlace } from '../../src/search/node/runs.ts'
import { openStore } from '../../src/search/node/store.ts'
import { configOf } from './fakes.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-runs-'))
const before = process.env.NASCENT_HOME
let home = ''
let count = 0
beforeEach(() => {
  home = join(folder, `home${count++}`)
  process.env.NASCENT_HOME = home
})
afterAll(() => {
  if (before === undefined) delete process.env.NASCENT_HOME
  else process.env.NASCENT_HOME = before
  rmSync(folder, { recursive: true, force: true })
})

/** A run with one finished trial, as a process leaves it. */
function ran(place: RunPlace, end = true): RunPlace {
  const store = openStore(join(place.folder, databaseName))
  store.append([{ type: 'run-started', config: configOf({ run: place.run }) }])
  store.append([
    { type: 'trial-started', number: 0, attempt: 1, architecture: 'a', decisions: {}, origin: 'random', parents: [] },
    { type: 'trial-ended', number: 0, status: 'finished', metrics: { accuracy: 0.5 } },
  ])
  if (end) store.append([{ type: 'run-ended', reason: 'trials' }])
  store.close()
  return place
}

describe('ids of runs', () => {
  it('sort by the minute in which a run began and can be said', () => {
    const early = newRunId(new Date(2026, 0, 9, 7, 5))
    const late = newRunId(new Date(2026, 10, 24, 16, 30))
    expect(early).toMatch(/^20260109-0705-[a-z]+-[a-z]+$/)
    expect([late, early].sort()).toEqual([early, late])
    expect(early.endsWith(spokenName(early))).toBe(true)
  })
})

describe('places of runs', () => {
  it('are folders in the home', () => {
    const place = ran(createRunPlace())
    expect(place.folder).toBe(join(home, place.run))
    expect(listRuns()).toMatchObject([{ run: place.run, status: 'finished', space: 'small', trials: { finished: 1 }, best: { number: 0 } }])
  })

  it('may be elsewhere, and are listed all the same', () => {
    const place = ran(createRunPlace(join(folder, 'elsewhere')))
    expect(place.folder).toBe(join(folder, 'elsewhere'))
    expect(listRuns().map(({ run, folder: at }) => ({ run, folder: at }))).toEqual([place])
    rmSync(place.folder, { recursive: true })
    expect(listRuns()).toEqual([])
  })

  it('are refused where something would be overwritten', () => {
    const place = ran(createRunPlace(join(folder, 'taken')))
    expect(() => createRunPlace(place.folder)).toThrow(/holds a run already.*resume/)
    mkdirSync(join(folder, 'model'))
    writeFileSync(join(folder, 'model', 'model.onnx'), 'mine')
    expect(() => createRunPlace(join(folder, 'model'))).toThrow(/holds a model.onnx/)
    writeFileSync(join(folder, 'file'), '')
    expect(() => createRunPlace(join(folder, 'file'))).toThrow(/is a file/)
  })

  it('can be taken again when the run never began, or be given back', () => {
    const out = join(folder, 'again')
    openStore(join(createRunPlace(out).folder, databaseName)).close()
    const place = createRunPlace(out)
    discardRunPlace(place)
    expect(existsSync(out)).toBe(false)
    expect(existsSync(home) ? readdirSync(home).filter((name) => name.includes(place.run)) : []).toEqual([])
  })

  it('say when they cannot be registered, and work all the same', () => {
    writeFileSync(home, 'a file where the home should be')
    const notes: string[] = []
    const place = ran(createRunPlace(join(folder, 'unregistered'), (note) => notes.push(note)))
    expect(notes[0]).toMatch(/will not list this run/)
    expect(findRun(place.folder).run).toBe(place.run)
    expect(() => createRunPlace()).toThrow(/a part of its path is a file/)
  })
})

describe('finding a run', () => {
  it('goes by id, by its words, by a beginning, and by folder', () => {
    const place = ran(createRunPlace())
    for (const name of [place.run, spokenName(place.run), place.run.slice(0, 10), place.folder]) expect(findRun(name)).toEqual(place)
  })

  it('says what there is that is near', () => {
    const place = ran(createRunPlace())
    const slip = spokenName(place.run).replace(/.$/, '')
    expect(() => findRun(slip)).toThrow(UserError)
    expect(() => findRun(slip)).toThrow(new RegExp(`no run "${slip}".*${spokenName(place.run)}.*nascent ls`))
    expect(() => findRun(folder)).toThrow(/holds no run/)
  })

  it('asks for more when several fit', () => {
    ran(createRunPlace())
    ran(createRunPlace())
    expect(() => findRun(String(new Date().getFullYear()))).toThrow(/Several runs/)
  })
})

describe('reading a run', () => {
  it('gives its summary, trials and events', () => {
    const { run } = ran(createRunPlace())
    const { summary, trials, events } = openRun(run)
    expect(summary).toMatchObject({ run, status: 'finished', seed: 5, best: { metrics: { accuracy: 0.5 } } })
    expect(trials.map(({ architecture }) => architecture)).toEqual(['a'])
    expect(events().map(({ type }) => type)).toEqual(['run-started', 'trial-started', 'trial-ended', 'run-ended'])
  })

  it('tells a killed run from one that runs and one that ended', () => {
    const killed = ran(createRunPlace(), false)
    expect(openRun(killed.run).summary.status).toBe('killed')
    const store = openStore(join(killed.folder, databaseName))
    expect(openRun(killed.run).summary.status).toBe('running')
    store.append([{ type: 'run-ended', reason: 'interrupted' }])
    store.close()
    expect(openRun(killed.run).summary.status).toBe('interrupted')
  })

  it('lists a damaged run as unreadable beside the others', () => {
    const broken = ran(createRunPlace())
    const sound = ran(createRunPlace())
    writeFileSync(join(broken.folder, databaseName), 'garbage '.repeat(2000))
    const rows = Object.fromEntries(listRuns().map((row) => [row.run, row]))
    expect(rows[broken.run]).toMatchObject({ status: 'unreadable', message: expect.stringContaining('damaged') })
    expect(rows[sound.run].status).toBe('finished')
    expect(() => openRun(broken.run)).toThrow(/damaged/)
  })
})
