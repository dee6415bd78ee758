import type { SpaceDefinition } from './definition.ts'
import { SpaceError } from './error.ts'
import { holdsSize, toDecision, type Expression } from './expression.ts'
import type { Tree } from './tree.ts'
import type { Decision } from './types.ts'
import { sharedScope } from './walk.ts'
import { inputsDecisions } from './wiring.ts'

/** What one decision looks like, and in which shared part (if any) it stands. */
interface Seen {
  readonly decision: Decision
  readonly within: object | undefined
}

/** Message of the commonest fault, with the wrong and the right way. */
const twice = (path: string, space: string): string =>
  `Two places of the space "${space}" decide "${path}". Give them different names, put them into scopes (scope('first', …)), or, when they should always ` +
  `decide alike, write share('${path.slice(path.lastIndexOf('/') + 1)}', …) at both.`

/**
 * Finds faults of a definition before anything is sampled: two decisions with one path, conditions and counts that depend on the data's shape.
 *
 * @throws SpaceError
 */
export function verifyDefinition(definition: SpaceDefinition): void {
  const seen = new Map<string, Seen>()
  const add = (decision: Decision, within: object | undefined): void => {
    const known = seen.get(decision.path)
    if (known === undefined) seen.set(decision.path, { decision, within })
    else if (known.within === undefined || within === undefined || known.within === within)
      throw new SpaceError(twice(decision.path, definition.name))
    else if (JSON.stringify(known.decision) !== JSON.stringify(decision))
      throw new SpaceError(
        `share('${decision.path}', …) stands for different decisions in the space "${definition.name}": give them different names.`,
      )
  }
  const expression = (value: Expression, scope: string, within: object | undefined): void => {
    if (typeof value !== 'object') return
    if (value.kind === 'operation') for (const operand of value.operands) expression(operand, scope, within)
    else if (value.kind === 'if') {
      control(value.condition, scope)
      for (const part of [value.condition, value.met, value.otherwise]) expression(part, scope, within)
    } else if (value.kind === 'shared') add(toDecision(value.decision, value.name), {})
    else if (value.kind !== 'index') add(toDecision(value, scope + value.name), within)
  }
  const control = (value: Expression, scope: string): void => {
    if (holdsSize(value))
      throw new SpaceError(
        `A condition or count at "${scope}" in the space "${definition.name}" holds 'same', 'classes' or 'part': decisions must not depend on the data.`,
      )
  }
  let stacks = 0
  /** A repeat's first round stands for all: rounds differ in their index only. */
  const visit = (tree: Tree, scope: string, within: object | undefined): void => {
    switch (tree.kind) {
      case 'layer':
        for (const field of Object.values(tree.fields)) expression(field, scope, within)
        return
      case 'sequence':
        for (const item of tree.items) visit(item, scope, within)
        return
      case 'scope':
        return visit(tree.body, `${scope}${tree.name}/`, within)
      case 'choice':
        add({ path: scope + tree.name, kind: 'choice', alternatives: Object.keys(tree.alternatives) }, within)
        if (tree.channels !== undefined) expression(tree.channels, scope, within)
        for (const [name, alternative] of Object.entries(tree.alternatives)) visit(alternative, `${scope}${tree.name}=${name}/`, within)
        return
      case 'repeat':
        control(tree.times, scope)
        expression(tree.times, scope, within)
        return visit(tree.body, `${scope}${tree.name}/0/`, within)
      case 'parallel':
        for (const branch of tree.branches) visit(branch.tree, tree.scoped ? `${scope}${branch.name}/` : scope, within)
        return
      case 'stack':
        stacks++
        tree.cells.forEach((cell, i) => visit(cell, `${scope}${tree.name}/${i}/`, within))
        stacks--
        return
      case 'graph': {
        const reading = tree.nodes.find(({ inputs }) => [...inputs.always, ...inputs.from].includes('before'))
        if (stacks === 0 && reading)
          throw new SpaceError(
            `The node "${scope}${reading.name}" of the space "${definition.name}" reads 'before', which there is in the cells of a stack(…) only.`,
          )
        for (const node of tree.nodes) {
          const inside = `${scope}${node.name}/`
          for (const decision of inputsDecisions(node.inputs, inside)) add(decision, within)
          for (const edge of Object.values(node.edges ?? {})) visit(edge, inside, within)
          if (node.body) visit(node.body, inside, within)
        }
        if (tree.output.kind === 'inputs') for (const decision of inputsDecisions(tree.output, `${scope}output/`)) add(decision, within)
        return
      }
      case 'when':
        control(tree.condition, scope)
        for (const part of [tree.condition]) expression(part, scope, within)
        visit(tree.met, scope, within)
        return visit(tree.otherwise, scope, within)
      case 'shared':
        return visit(tree.body, sharedScope(tree), {})
    }
  }
  visit(definition.root, '', undefined)
  for (const value of Object.values(definition.hyperparameters)) expression(value, '', undefined)
}
