import { meets } from './constraint.ts'
import { type SpaceDefinition, resolve } from './definition.ts'
import { fault, firstValue, printValue } from './domain.ts'
import { didYouMean } from '../nearest.ts'
import type { Architecture, Issue } from './types.ts'
import { describe } from './parse.ts'

/** What is wrong with an architecture: decisions missing, out of range or not of the space, constraints broken. Empty when nothing is. */
export function checkArchitecture(definition: SpaceDefinition, architecture: Architecture): readonly Issue[] {
  const issues: Issue[] = []
  const { decisions } = resolve(definition, (decision) => {
    const value = architecture[decision.path]
    const why = value === undefined ? undefined : fault(decision, value)
    if (value !== undefined && why === undefined) return value
    issues.push({
      path: decision.path,
      message:
        value === undefined
          ? `${decision.path} is missing; it is ${describe(decision)}.`
          : `${decision.path}=${printValue(value)} is ${why}.`,
    })
    return firstValue(decision)
  })
  const paths = decisions.map(({ path }) => path)
  const active = new Set(paths)
  for (const path in architecture)
    if (!active.has(path)) issues.push({ path, message: `${path} is no active decision.${didYouMean(path, paths)}` })
  if (issues.length === 0)
    for (const constraint of definition.constraints)
      if (!meets(constraint, architecture)) issues.push({ path: '', message: constraint.message })
  return issues
}
