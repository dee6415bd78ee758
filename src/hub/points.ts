import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import type { Architecture, SearchSpace } from '../space/index.ts'
import { densenetSpace } from './densenet.ts'
import { inceptionSpace } from './inception.ts'
import { ofaSpace } from './ofa.ts'
import { proxylessSpace } from './proxyless.ts'
import { resnetSpace } from './resnet.ts'
import { vggSpace } from './vgg.ts'

/** A published network as a point of a ready space. */
export interface Point {
  readonly name: string
  /** The architecture's string in that space. */
  readonly architecture: string
  /** Authors, year, arXiv id. */
  readonly paper: string
  /** Trained parameters on the input and number of classes that the paper has. */
  readonly parameters: number
  readonly input: readonly number[]
  readonly classes: number
  /** Its space. */
  make(): SearchSpace
}

/** So many equal rounds of a repeat. */
const rounds = (name: string, count: number, round: string): string => `${name}=${count}[${Array<string>(count).fill(round).join(' | ')}]`
const listed = (name: string, items: readonly string[]): string => `${name}=${items.length}[${items.join(' | ')}]`

const imagenet = { input: [3, 224, 224], classes: 1000 }
const cifar = { input: [3, 32, 32], classes: 10 }
const places = ['first', 'second', 'third', 'fourth', 'fifth']

const krizhevsky = 'Krizhevsky 2014, arXiv:1404.5997'
const simonyan = 'Simonyan and Zisserman 2014, arXiv:1409.1556'
const he = 'He, Zhang, Ren, Sun 2016, arXiv:1512.03385'
const huang = 'Huang, Liu, van der Maaten, Weinberger 2017, arXiv:1608.06993'
const szegedy = 'Szegedy et al. 2015, arXiv:1409.4842'

const layers = (widths: readonly number[], kernel: number): string =>
  listed(
    'depth',
    widths.map((width) => `width=${width} kernel=${kernel}`),
  )
const denseHead = 'head=dense(layers=2[units=4096 | units=4096])'

const alexnet: Point = {
  name: 'alexnet',
  make: () => vggSpace('imagenet'),
  architecture: `stem=strided(width=64 kernel=11) norm=none pool=max3 stages=2 first(${layers([192], 5)}) second(${layers([384, 256, 256], 3)}) ${denseHead} dropout=0.5`,
  paper: krizhevsky,
  parameters: 61_100_840,
  ...imagenet,
}

function vggPoint(name: string, depths: readonly number[], norm: 'none' | 'batch', parameters: number): Point {
  const stages = depths.map((depth, i) => `${places[i]}(${layers(Array<number>(depth).fill([64, 128, 256, 512, 512][i]), 3)})`)
  const architecture = `stem=none norm=${norm} pool=max2 stages=5 ${stages.join(' ')} ${denseHead} dropout=0.5`
  return { name, make: () => vggSpace('imagenet'), architecture, paper: simonyan, parameters, ...imagenet }
}

function resnetPoint(name: string, depths: readonly number[], op: 'basic' | 'bottleneck', parameters: number): Point {
  const small = depths.length === 3
  const base = small ? 16 : 64
  const stages = depths.map((depth, i) => {
    const width = base * 2 ** i * (op === 'basic' ? 1 : 4)
    return `${rounds(places[i], depth, `op=${op === 'basic' ? op : 'bottleneck(kernel=3)'} skip=yes`)} ${places[i]}Width=${width}`
  })
  const architecture = `stem(width=${base}) ${stages.join(' ')}`
  return { name, make: () => resnetSpace(small ? 'cifar' : 'imagenet'), architecture, paper: he, parameters, ...(small ? cifar : imagenet) }
}

function densenetPoint(name: string, width: number, growth: number, depths: readonly number[], parameters: number): Point {
  const small = depths.length === 3
  const blocks = depths.map((depth, i) => {
    const block = rounds(places[i], depth, 'connect=dense(op=bottleneck(kernel=3))')
    return i + 1 < depths.length ? `${block} ${places[i]}Transition(compression=0.5)` : block
  })
  const architecture = `stem(width=${width}) growth=${growth} ${blocks.join(' ')}`
  return {
    name,
    make: () => densenetSpace(small ? 'cifar' : 'imagenet'),
    architecture,
    paper: huang,
    parameters,
    ...(small ? cifar : imagenet),
  }
}

/** Widths of GoogLeNet's nine modules: 1×1; 3×3 with its reduction; larger kernel with its reduction; pooling. */
const googlenetWidths = [
  [
    [64, 96, 128, 16, 32, 32],
    [128, 128, 192, 32, 96, 64],
  ],
  [
    [192, 96, 208, 16, 48, 64],
    [160, 112, 224, 24, 64, 64],
    [128, 128, 256, 24, 64, 64],
    [112, 144, 288, 32, 64, 64],
    [256, 160, 320, 32, 128, 128],
  ],
  [
    [256, 160, 320, 32, 128, 128],
    [384, 192, 384, 48, 128, 128],
  ],
]

function googlenetPoint(name: string, norm: 'none' | 'batch', kernel: number, dropout: number, parameters: number): Point {
  const stages = googlenetWidths.map((modules, i) =>
    listed(
      places[i],
      modules.map(
        ([one, threeReduce, three, largeReduce, large, pool]) =>
          `one(width=${one}) three(reduce=${threeReduce} width=${three}) large(reduce=${largeReduce} kernel=k${kernel}(width=${large})) pool(width=${pool})`,
      ),
    ),
  )
  const architecture = `norm=${norm} ${stages.join(' ')} dropout=${dropout}`
  return { name, make: () => inceptionSpace('imagenet'), architecture, paper: szegedy, parameters, ...imagenet }
}

const mobilenetV2: Point = {
  name: 'mobilenet-v2',
  make: () => proxylessSpace('mobilenet-v2'),
  architecture: Array.from({ length: 16 }, (_, i) => `layer${i + 1}=mb6_k3`).join(' '),
  paper: 'Sandler et al. 2018, arXiv:1801.04381',
  parameters: 3_504_872,
  ...imagenet,
}

/** Kernel of each stage of MobileNetV3-Large, and the expansion of each of its layers. */
const mobilenetV3Stages: readonly (readonly [kernel: number, expansions: readonly number[]])[] = [
  [3, [4, 3]],
  [5, [3, 3, 3]],
  [3, [6, 2.5, 2.3, 2.3]],
  [3, [6, 6]],
  [5, [6, 6, 6]],
]

const mobilenetV3: Point = {
  name: 'mobilenet-v3-large',
  make: () => ofaSpace('mobilenet-v3'),
  architecture: mobilenetV3Stages
    .map(([kernel, expansions], i) => {
      const items = expansions.map((expansion) => `kernel=${kernel} expansion=${expansion}`)
      return `stage${i + 1}(${listed('depth', items)})`
    })
    .join(' '),
  paper: 'Howard et al. 2019, arXiv:1905.02244',
  parameters: 5_483_032,
  ...imagenet,
}

/** Published networks; adding one is a line here. */
export const points: readonly Point[] = [
  alexnet,
  vggPoint('vgg-11', [1, 1, 2, 2, 2], 'none', 132_863_336),
  vggPoint('vgg-16', [2, 2, 3, 3, 3], 'none', 138_357_544),
  // Convolutions before a batch norm have no bias here; torchvision's have (138,365,992).
  vggPoint('vgg-16-bn', [2, 2, 3, 3, 3], 'batch', 138_361_768),
  vggPoint('vgg-19', [2, 2, 4, 4, 4], 'none', 143_667_240),
  // Without its auxiliary classifiers; then the form with batch norm and 3×3 in the place of 5×5 that torchvision has.
  googlenetPoint('googlenet', 'none', 5, 0.4, 6_998_552),
  googlenetPoint('googlenet-bn', 'batch', 3, 0.2, 6_624_904),
  resnetPoint('resnet-20', [3, 3, 3], 'basic', 272_474),
  resnetPoint('resnet-56', [9, 9, 9], 'basic', 855_770),
  resnetPoint('resnet-18', [2, 2, 2, 2], 'basic', 11_689_512),
  resnetPoint('resnet-34', [3, 4, 6, 3], 'basic', 21_797_672),
  resnetPoint('resnet-50', [3, 4, 6, 3], 'bottleneck', 25_557_032),
  resnetPoint('resnet-101', [3, 4, 23, 3], 'bottleneck', 44_549_160),
  resnetPoint('resnet-152', [3, 8, 36, 3], 'bottleneck', 60_192_808),
  densenetPoint('densenet-bc-100', 24, 12, [16, 16, 16], 769_162),
  densenetPoint('densenet-121', 64, 32, [6, 12, 24, 16], 7_978_856),
  densenetPoint('densenet-169', 64, 32, [6, 12, 32, 32], 14_149_480),
  densenetPoint('densenet-201', 64, 32, [6, 12, 48, 32], 20_013_928),
  mobilenetV2,
  mobilenetV3,
]

/** A point with its space made and its architecture read. */
export interface FoundPoint {
  readonly point: Point
  readonly space: SearchSpace
  readonly architecture: Architecture
}

/** `ResNet50`, `resnet_50` and `resnet-50` are one name. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_\s]/g, '')

/**
 * The published network of a name; case and dashes do not matter.
 *
 * @throws UserError with the nearest names
 */
export function findPoint(name: string): FoundPoint {
  const point = points.find((candidate) => plain(candidate.name) === plain(name))
  const names = points.map((candidate) => candidate.name)
  if (!point) throw new UserError(`There is no network "${name}".${didYouMean(name, names)} The networks are: ${names.join(', ')}.`)
  const space = point.make()
  return { point, space, architecture: space.parse(point.architecture) }
}
