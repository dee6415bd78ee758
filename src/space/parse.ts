import { didYouMean } from '../nearest.ts'
import { type SpaceDefinition, resolve } from './definition.ts'
import { fault, firstValue, parseValue } from './domain.ts'
import { SpaceError } from './error.ts'
import { meets } from './constraint.ts'
import type { Architecture, Decision, DecisionValue } from './types.ts'

interface Token {
  readonly text: string
  /** Place of the value in the string, from 0. */
  readonly at: number
}

/**
 * The architecture that a string means; the inverse of `printArchitecture`. Within a place the order is free.
 *
 * @throws SpaceError with the position, what was expected and the nearest names
 */
export function parseArchitecture(definition: SpaceDefinition, text: string): Architecture {
  for (const notation of definition.notations) {
    const own = notation(text)
    if (own !== undefined) return parseArchitecture({ ...definition, notations: [] }, own)
  }
  const tokens = new Reader(text, definition.name).read()
  const fail = (at: number, message: string): never => {
    throw new SpaceError(`Position ${at + 1} of the architecture "${shorten(text)}": ${message}`)
  }
  const used = new Set<string>()
  const decide = (decision: Decision): DecisionValue => {
    const token = tokens.get(decision.path)
    if (token === undefined) return missing(decision)
    used.add(decision.path)
    const value = parseValue(decision, token.text)
    const why = fault(decision, value)
    if (why !== undefined)
      fail(
        token.at,
        `${decision.path}=${token.text} is ${why}.${decision.kind === 'choice' ? didYouMean(token.text, decision.alternatives) : ''}`,
      )
    return value as DecisionValue
  }
  const missing = (decision: Decision): never => {
    const parent = decision.path.split('/').slice(0, -1).join('/')
    const stray = [...tokens].find(([path]) => !used.has(path) && path.split('/').slice(0, -1).join('/') === parent && !known.has(path))
    const name = decision.path.slice(parent.length && parent.length + 1)
    if (stray)
      fail(
        stray[1].at - lastName(stray[0]).length - 1,
        `"${lastName(stray[0])}" is no decision here, expected "${name}".${didYouMean(lastName(stray[0]), [name])}`,
      )
    return fail(text.length, `"${name}" is missing${parent === '' ? '' : ` in ${parent}`}; it is ${describe(decision)}.`)
  }
  const known = new Set(resolve(definition, (decision) => lenient(decision, tokens)).decisions.map(({ path }) => path))
  const { architecture, decisions } = resolve(definition, decide)
  for (const [path, token] of tokens) {
    if (used.has(path)) continue
    const names = decisions.map((decision) => decision.path)
    fail(token.at, `"${path}" is no decision of this architecture in the space "${definition.name}".${didYouMean(path, names)}`)
  }
  const broken = definition.constraints.find((constraint) => !meets(constraint, architecture))
  if (broken)
    throw new SpaceError(`The architecture "${shorten(text)}" breaks a constraint of the space "${definition.name}": ${broken.message}`)
  return architecture
}

const lastName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}…` : text)

/** The value in the string where it is one, else the first: to learn which names could stand in the string. */
function lenient(decision: Decision, tokens: ReadonlyMap<string, Token>): DecisionValue {
  const token = tokens.get(decision.path)
  const value = token && parseValue(decision, token.text)
  return value !== undefined && fault(decision, value) === undefined ? (value as DecisionValue) : firstValue(decision)
}

/** What a decision can be, in words. */
export function describe(decision: Decision): string {
  switch (decision.kind) {
    case 'choice':
      return `one of ${decision.alternatives.join(', ')}`
    case 'number':
      return `one of ${decision.values.join(', ')}`
    case 'integer':
      return `a whole number from ${decision.from} to ${decision.to}`
    case 'float':
      return `a number from ${decision.from} to ${decision.to}`
    case 'inputs':
      return `a list of sources from 0 to ${decision.from - 1} such as 0,1`
  }
}

/** Reads `name=value(group)[round | round]` entries into a map from path to value. */
class Reader {
  readonly #text: string
  readonly #space: string
  readonly #tokens = new Map<string, Token>()
  #at = 0

  constructor(text: string, space: string) {
    this.#text = text
    this.#space = space
  }

  read(): ReadonlyMap<string, Token> {
    this.#scope('')
    if (this.#at < this.#text.length) this.#fail(`found "${this.#text[this.#at]}" where a name or the end was expected.`)
    return this.#tokens
  }

  #scope(prefix: string): void {
    for (;;) {
      this.#blank()
      const name = this.#take(/[A-Za-z0-9_.-]+/y)
      if (name === undefined) return
      this.#entry(prefix, name)
    }
  }

  #entry(prefix: string, name: string): void {
    const path = prefix + name
    let inside = path
    if (this.#skip('=')) {
      const at = this.#at
      const text = this.#take(/[^\s()[\]|=]+/y)
      if (text === undefined) return this.#fail(`a value was expected after "${name}=".`)
      if (this.#tokens.has(path)) this.#fail(`"${path}" stands here for the second time.`)
      this.#tokens.set(path, { text, at })
      inside = `${path}=${text}`
    } else if (!'(['.includes(this.#text[this.#at] ?? ' ')) this.#fail(`"=", "(" or "[" was expected after "${name}".`)
    if (this.#skip('(')) {
      this.#scope(`${inside}/`)
      if (!this.#skip(')')) this.#fail(`")" was expected, to close "${name}(".`)
    }
    if (this.#skip('[')) {
      for (let round = 0; ; round++) {
        this.#scope(`${path}/${round}/`)
        if (this.#skip(']')) break
        if (!this.#skip('|')) this.#fail(`"|" or "]" was expected, to go on with or close "${name}[".`)
      }
    }
  }

  #blank(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  #skip(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false
    this.#at++
    return true
  }

  #fail(message: string): void {
    throw new SpaceError(`Position ${this.#at + 1} of the architecture "${shorten(this.#text)}" for the space "${this.#space}": ${message}`)
  }
}
