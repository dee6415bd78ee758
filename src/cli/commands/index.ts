import type { CommandSpec } from '../command.ts'
import { benchCurves, benchRanking, benchTabular } from './bench.ts'
import { datasets } from './datasets.ts'
import { doctor } from './doctor.ts'
import { exportCommand } from './export.ts'
import { fit } from './fit.ts'
import { ls } from './ls.ts'
import { predict } from './predict.ts'
import { proxies } from './proxies.ts'
import { report } from './report.ts'
import { resume } from './resume.ts'
import { score } from './score.ts'
import { search } from './search.ts'
import { show } from './show.ts'
import { spaces } from './spaces.ts'
import { strategies } from './strategies.ts'
import { train } from './train.ts'

/** Every command, in the order of the help. */
export const commands: readonly CommandSpec[] = [
  fit,
  search,
  train,
  resume,
  ls,
  show,
  exportCommand,
  report,
  predict,
  spaces,
  strategies,
  proxies,
  datasets,
  score,
  benchTabular,
  benchRanking,
  benchCurves,
  doctor,
]
