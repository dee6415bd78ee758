import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Random numbers from a stream of their own. */
export interface RandomStream {
  /** Uniform on [0, 1). */
  uniform(): number
  /** Standard normal. */
  normal(): number
}

/** 32 bits that depend on all of a text and a seed (FNV-1a, then a bijection that spreads the low bits). */
export function hashText(text: string, seed: number): number {
  let hash = (2166136261 ^ Math.imul(seed | 0, 0x9e3779b9)) | 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619)
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad)
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97)
  return (hash ^ (hash >>> 15)) | 0
}

/** The stream of a name under a seed: equal for equal names and seeds, whatever else is drawn. */
export function namedStream(name: string, seed: number): RandomStream {
  const generator = xoroshiro128plus(hashText(name, seed))
  const uniform = (): number => uniformFloat64(generator)
  let spare: number | undefined
  return {
    uniform,
    normal() {
      if (spare !== undefined) {
        const value = spare
        spare = undefined
        return value
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
      const angle = 2 * Math.PI * uniform()
      spare = radius * Math.sin(angle)
      return radius * Math.cos(angle)
    },
  }
}
