import { batchMaker } from '../../data/batches.ts'
import type { Dataset } from '../../data/dataset.ts'
import type { Architecture, SearchSpace } from '../../space/types.ts'
import type { Device } from '../../tensor/index.ts'
import { createNodeRuntime } from '../../tensor/node/index.ts'
import { type Ranked, rankScores, Scorer, type Scores, type ZeroCostScore } from '../zero-cost/index.ts'

export interface RankOptions {
  readonly space: SearchSpace
  readonly dataset: Dataset
  readonly architectures: readonly Architecture[]
  readonly scores: readonly ZeroCostScore[]
  /** Of the batch, the first weights and random inputs. */
  readonly seed: number
  /** Examples that networks are judged on. */
  readonly batchSize: number
  /** Default 1: with more, the operators of such small networks wait for each other. */
  readonly threads?: number
  readonly device?: Device
  /** After each network. */
  readonly onScored?: () => void
}

export interface RankedArchitecture extends Ranked {
  readonly architecture: Architecture
  readonly text: string
}

export interface Ranking {
  /** From the lowest mean rank. */
  readonly architectures: readonly RankedArchitecture[]
  /** Networks that were scored: equal ones once. */
  readonly networks: number
  /** Of compiling, once for all where the space is one graph. */
  readonly prepareSeconds: number
  /** Of scoring. */
  readonly scoreSeconds: number
}

/** Scores architectures of a space on one batch of the training part, and ranks them. */
export async function rankArchitectures(options: RankOptions): Promise<Ranking> {
  const { space, dataset, architectures, scores, seed, batchSize, device, onScored = () => {} } = options
  const began = performance.now()
  const runtime = await createNodeRuntime()
  const { threads = 1 } = options
  const batch = batchMaker(dataset, { batchSize, seed }).make(0, 0)
  const scorer = new Scorer({ runtime, data: dataset, batch, scores, seed, threads, device, space, expected: architectures.length })
  try {
    await scorer.prepare()
    const prepared = performance.now()
    const found: Scores[] = []
    for (const architecture of architectures) {
      found.push(await scorer.score(architecture))
      onScored()
    }
    const done = performance.now()
    const ranked = rankScores(found).map((one, i) => ({ architecture: architectures[i], text: space.print(architectures[i]), ...one }))
    return {
      architectures: ranked.toSorted((a, b) => a.meanRank - b.meanRank),
      networks: scorer.distinct,
      prepareSeconds: (prepared - began) / 1000,
      scoreSeconds: (done - prepared) / 1000,
    }
  } finally {
    await scorer.release()
  }
}
