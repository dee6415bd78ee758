import { boosted } from './boosted.ts'
import { process } from './process.ts'
import type { SurrogateEntry } from './surrogate.ts'

const members = [process, boosted]

export const committee: SurrogateEntry = {
  name: 'committee',
  summary: `the mean of ${members.map(({ name }) => name).join(' and ')}`,
  make(space) {
    const learners = members.map((member) => member.make(space))
    return (architectures, scores, random) => {
      const judges = learners.map((learn) => learn(architectures, scores, random))
      return (architecture) => judges.reduce((sum, judge) => sum + judge(architecture), 0) / judges.length
    }
  },
}
