import { findStrategy } from './registry.ts'
import type { StrategyEntry } from './strategy.ts'

type Settings = Readonly<Record<string, number | string | boolean>>

/** A strategy with its options. */
export interface ConfiguredStrategy {
  readonly entry: StrategyEntry
  readonly options: Settings
}

/** A strategy of the registry with options. @throws UserError when there is none of the name */
export const strategy = (name: string, options: Settings = {}): ConfiguredStrategy => ({ entry: findStrategy(name), options })

export const random = (options?: Settings): ConfiguredStrategy => strategy('random', options)
export const grid = (options?: Settings): ConfiguredStrategy => strategy('grid', options)
export const exhaustive = (options?: Settings): ConfiguredStrategy => strategy('exhaustive', options)
export const localSearch = (options?: Settings): ConfiguredStrategy => strategy('local-search', options)
export const annealing = (options?: Settings): ConfiguredStrategy => strategy('annealing', options)
export const evolution = (options?: Settings): ConfiguredStrategy => strategy('evolution', options)
export const reinforcement = (options?: Settings): ConfiguredStrategy => strategy('reinforcement', options)
export const nsga2 = (options?: Settings): ConfiguredStrategy => strategy('nsga2', options)
export const tpe = (options?: Settings): ConfiguredStrategy => strategy('tpe', options)
export const bohb = (options?: Settings): ConfiguredStrategy => strategy('bohb', options)
export const mcts = (options?: Settings): ConfiguredStrategy => strategy('mcts', options)
export const bananas = (options?: Settings): ConfiguredStrategy => strategy('bananas', options)
export const gp = (options?: Settings): ConfiguredStrategy => strategy('gp', options)
export const morphism = (options?: Settings): ConfiguredStrategy => strategy('morphism', options)
export const pnas = (options?: Settings): ConfiguredStrategy => strategy('pnas', options)
