import { randomInt } from 'node:crypto'

const adjectives =
  'amber ample azure bold brave bright brisk calm clear clever cosy crisp dapper deft eager early fair fleet fond frank fresh gentle glad golden grand hardy honest humble jolly keen kind lively loyal lucid lucky mellow merry mild modest neat nimble noble open patient plain polite proud quick quiet rapid ready robust royal sage serene sharp silver sleek smart snug solid spry steady still sunny sure swift tidy true vivid warm wise witty young zesty'.split(
    ' ',
  )
const animals =
  'badger bear beaver bison bobcat camel carp cat civet cobra condor coyote crab crane cricket crow deer dingo dolphin dove eagle egret elk falcon ferret finch fox gecko gibbon goat goose hare hawk heron horse ibex ibis jackal jaguar jay kestrel kite koala lark lemur leopard lion lizard llama lynx magpie marmot marten mole moose mouse newt okapi oriole osprey otter owl panda parrot pelican pika plover puma puffin quail rabbit raven robin salmon seal shrew sloth sparrow squid stoat stork swan tapir tern tiger toad trout turtle viper vole walrus weasel whale wolf wombat wren yak zebra'.split(
    ' ',
  )

/** A new run's id: sorts by the minute it began, and its last two words can be said aloud (`20260412-0931-brave-otter`). */
export function newRunId(now = new Date()): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}-${adjectives[randomInt(adjectives.length)]}-${animals[randomInt(animals.length)]}`
}

/** The two words of an id; the id itself when it has none. */
export const spokenName = (run: string): string => /^\d{8}-\d{4}-(.+)$/.exec(run)?.[1] ?? run
