import { writeFileAtomic } from '../../model/files.ts'
import { version } from '../../search/node/version.ts'
import { comparisonHtml } from '../report.ts'
import type { TabularResult } from '../words.ts'

/** Writes the page of a comparison. @throws UserError when it cannot be written */
export async function writeComparison(result: TabularResult, path: string): Promise<void> {
  await writeFileAtomic(path, comparisonHtml(result, version))
}
