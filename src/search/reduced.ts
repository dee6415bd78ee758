import { UserError } from '../errors.ts'
import { checkFrame, findEntry, findSpace, framedName } from '../hub/index.ts'
import type { InputSpec, Network } from '../network/index.ts'
import type { Architecture } from '../space/types.ts'
import { type Bench, childOf, outputsOf } from './bench.ts'
import type { Fidelity, RunConfig } from './events.ts'

/** Whether trials are smaller than the network that is trained at the end. */
export const isReduced = ({ side, channels, cells }: Fidelity): boolean => [side, channels, cells].some((value) => value !== undefined)

/** By how much pictures are averaged down. */
const factorOf = ({ shape }: InputSpec, side: number): number => shape[1] / side

/**
 * Refuses what cannot be made smaller.
 *
 * @param space its name in the hub, or a module's
 * @throws UserError with what can be instead
 */
export function checkReduced({ side, channels, cells }: Fidelity, space: string, input: InputSpec): void {
  if (side !== undefined) {
    const [, height, width] = input.shape
    if (input.shape.length !== 3) throw new UserError(`Only pictures have a size to make smaller, not these data: leave out ${side}px.`)
    const sides = Array.from({ length: height }, (_, i) => i + 1).filter((one) => one > 1 && one < height && height % one === 0)
    if (height !== width || !sides.includes(side))
      throw new UserError(
        height === width
          ? `Pictures of ${height}×${width} can be averaged down to ${sides.join(', ')} pixels, not to ${side}.`
          : `Only square pictures are made smaller, and these have ${height}×${width} pixels: leave out ${side}px.`,
      )
  }
  const frame = Object.fromEntries(Object.entries({ channels, cells }).filter(([, value]) => value !== undefined)) as Record<string, number>
  if (Object.keys(frame).length > 0) checkFrame(findEntry(space), frame)
}

/** The network of an architecture as trials train it: in a smaller frame, on pictures that its first layer averages down. */
export function reducedChild(
  bench: Bench,
  architecture: Architecture,
  { space: name, fidelity }: Pick<RunConfig, 'space' | 'fidelity'>,
): Network {
  if (!isReduced(fidelity)) return childOf(bench, architecture)
  const { side, channels, cells } = fidelity
  const { dataset } = bench
  const space = channels === undefined && cells === undefined ? bench.space : findSpace(framedName(name, { channels, cells }))
  if (side === undefined) return childOf({ ...bench, space }, architecture)
  const { input } = dataset
  const small = space.child(architecture, { input: { ...input, shape: [input.shape[0], side, side] }, outputs: outputsOf(dataset) })
  const size = factorOf(input, side)
  return {
    ...small,
    input,
    nodes: [
      { path: shrink, inputs: ['input'], layer: { kind: 'average-pool', size, stride: size, padding: 0 } },
      ...small.nodes.map((node) => ({ ...node, inputs: node.inputs.map((source) => (source === 'input' ? shrink : source)) })),
    ],
  }
}

const shrink = 'shrink'
