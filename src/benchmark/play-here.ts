import { findStrategy } from '../strategy/index.ts'
import type { PlayAll } from './compare.ts'
import { play, type Play } from './play.ts'
import type { Problem } from './problem.ts'

/** Plays one after the other where it is called, letting others have their turn between two. */
export const playHere =
  (problem: Problem): PlayAll =>
  async (tasks, onPlay) => {
    const plays: Play[] = []
    for (const task of tasks) {
      plays.push(play(problem, findStrategy(task.name), task.options, task.seed, task.checkpoints))
      onPlay(task)
      await new Promise((resolve) => setTimeout(resolve))
    }
    return plays
  }
