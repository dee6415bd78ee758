// A strategy on its own: no training, no files. Here it looks for the cell whose cost is nearest to a wish; any function may stand in its place.
import { findSpace } from 'nascent/hub'
import { findStrategy } from 'nascent/strategy'

const space = findSpace('nas-bench-201')
const context = { input: { shape: [3, 32, 32] }, outputs: 10 }
const wish = 30e6

const strategy = findStrategy('evolution').make({ space, seed: 1, objectives: [{ metric: 'distance', direction: 'minimize' }] })
let best = { distance: Number.POSITIVE_INFINITY, architecture: '' }
for (let n = 0; n < 100; n++) {
  const proposal = strategy.ask(n)
  if (proposal === 'exhausted') break
  const { architecture } = proposal
  const distance = Math.abs(space.cost(architecture, context).flops - wish) / 1e6
  if (distance < best.distance) best = { distance, architecture: space.print(architecture) }
  strategy.tell({ number: n, architecture, status: 'finished', metrics: { distance } })
}
console.log(`${best.distance.toFixed(2)} MFLOPs beside the wish: ${best.architecture}`)
