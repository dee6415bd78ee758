// The whole job from TypeScript: search, training, test, model and report, on pictures that come with Nascent.
import { search } from 'nascent'
import { evolution } from 'nascent/strategy'

const run = search({
  data: 'digits',
  space: 'chain',
  strategy: evolution({ population: 8 }),
  budget: process.argv[2] ?? '30s',
  seed: 1,
  out: 'quick-start',
})
for await (const event of run) {
  if (event.type === 'trial-ended') console.log(`network ${event.number}: ${event.status}, accuracy ${event.metrics.accuracy}`)
}
const { best, test, files } = await run
console.log(
  `${best?.architecture}\nis right in ${((test.accuracy ?? 0) * 100).toFixed(1)} % of pictures it never saw; wrote ${files.join(', ')}`,
)
