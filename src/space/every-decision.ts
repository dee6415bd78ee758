import type { SpaceDefinition } from './definition.ts'
import { type Expression, toDecision } from './expression.ts'
import { possibleValues } from './possible-values.ts'
import type { Inputs, Tree } from './tree.ts'
import type { Decision } from './types.ts'
import { sharedScope } from './walk.ts'
import { inputsDecisions } from './wiring.ts'

/** What a decision is about: which layer stands there, what is read, how large something is, or how the network is trained. */
export type DecisionRole = 'operation' | 'wiring' | 'kernel' | 'depth' | 'width' | 'training' | 'other'

/** A decision that some architecture of a space has. */
export interface PossibleDecision {
  readonly decision: Decision
  /** Whether every architecture has it. */
  readonly always: boolean
  /** By the first place where it counts. */
  readonly role: DecisionRole
}

/** What the sizes of a layer are about. */
const roleOf = (layer: string, field: string): DecisionRole => {
  if (layer === 'convolution' && (field === 'kernel' || field === 'width')) return 'kernel'
  return ['channels', 'units', 'squeezed', 'width'].includes(field) ? 'width' : 'other'
}

/** Every decision that any architecture of a space can have, each once, in the order of the tree. */
export function everyDecision(definition: SpaceDefinition): readonly PossibleDecision[] {
  const found = new Map<string, PossibleDecision>()
  const add = (decision: Decision, always: boolean, role: DecisionRole): void => {
    const known = found.get(decision.path)
    found.set(decision.path, { decision, always: always || (known?.always ?? false), role: known?.role ?? role })
  }
  const field = (expression: Expression, scope: string, index: number | undefined, always: boolean, role: DecisionRole): void => {
    if (typeof expression !== 'object' || expression.kind === 'index') return
    if (expression.kind === 'operation') for (const operand of expression.operands) field(operand, scope, index, always, role)
    else if (expression.kind === 'if') {
      field(expression.condition, scope, index, always, role)
      const outcomes = new Set(possibleValues(expression.condition, index).map((value) => value === true))
      for (const holds of outcomes) field(holds ? expression.met : expression.otherwise, scope, index, always && outcomes.size === 1, role)
    } else if (expression.kind === 'shared') add(toDecision(expression.decision, expression.name), always, role)
    else add(toDecision(expression, scope + expression.name), always, role)
  }
  const reads = (inputs: Inputs, scope: string, always: boolean): void => {
    for (const decision of inputsDecisions(inputs, scope)) add(decision, always, 'wiring')
  }
  const visit = (tree: Tree, scope: string, index: number | undefined, always: boolean): void => {
    switch (tree.kind) {
      case 'layer':
        for (const [name, value] of Object.entries(tree.fields)) field(value, scope, index, always, roleOf(tree.layer, name))
        return
      case 'sequence':
        for (const item of tree.items) visit(item, scope, index, always)
        return
      case 'scope':
        return visit(tree.body, `${scope}${tree.name}/`, index, always)
      case 'choice': {
        const names = Object.keys(tree.alternatives)
        add({ path: scope + tree.name, kind: 'choice', alternatives: names }, always, 'operation')
        for (const name of names) visit(tree.alternatives[name], `${scope}${tree.name}=${name}/`, index, always && names.length === 1)
        if (tree.channels !== undefined) field(tree.channels, scope, index, always, 'width')
        return
      }
      case 'repeat': {
        field(tree.times, scope, index, always, 'depth')
        const counts = possibleValues(tree.times, index) as readonly number[]
        const least = Math.min(...counts)
        for (let i = 0; i < Math.max(...counts); i++) visit(tree.body, `${scope}${tree.name}/${i}/`, i, always && i < least)
        return
      }
      case 'stack':
        tree.cells.forEach((cell, i) => visit(cell, `${scope}${tree.name}/${i}/`, index, always))
        return
      case 'parallel':
        for (const branch of tree.branches) visit(branch.tree, tree.scoped ? `${scope}${branch.name}/` : scope, index, always)
        return
      case 'graph':
        for (const node of tree.nodes) {
          const inside = `${scope}${node.name}/`
          reads(node.inputs, inside, always)
          const optional = inputsDecisions(node.inputs, inside).length > 0 ? node.inputs.from : []
          for (const [source, edge] of Object.entries(node.edges ?? {})) visit(edge, inside, index, always && !optional.includes(source))
          if (node.body) visit(node.body, inside, index, always)
        }
        if (tree.output.kind === 'inputs') reads(tree.output, `${scope}output/`, always)
        return
      case 'when': {
        field(tree.condition, scope, index, always, 'other')
        const outcomes = new Set(possibleValues(tree.condition, index).map((value) => value === true))
        for (const holds of outcomes) visit(holds ? tree.met : tree.otherwise, scope, index, always && outcomes.size === 1)
        return
      }
      case 'shared':
        return visit(tree.body, sharedScope(tree), index, always)
    }
  }
  visit(definition.root, '', undefined, true)
  for (const value of Object.values(definition.hyperparameters)) field(value, '', undefined, true, 'training')
  return [...found.values()]
}
