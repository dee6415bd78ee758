/** A network is data: a list of layers with paths, each naming the layers it reads. No tensor is made until it is built (build.ts). */

/** What goes into a network, without the batch dimension. */
export interface InputSpec {
  /** [channels, height, width] for images, [channels, length] for signals, [columns] for tables. */
  readonly shape: readonly number[]
  /** Tables: how many values each of the LAST columns can take, if they are category codes (0 is "missing or unseen"). */
  readonly categories?: readonly number[]
}

export type Task = 'classification' | 'regression'

export type Activation = 'relu' | 'gelu' | 'silu' | 'tanh' | 'sigmoid' | 'hard-swish'

/** Functions of a recurrent cell's nodes. */
export type RecurrentActivation = 'tanh' | 'relu' | 'sigmoid' | 'identity'

/** Every kind of layer; sizes are final numbers here (a search space resolves its decisions before it makes these). */
export type Layer =
  | {
      readonly kind: 'convolution'
      readonly channels: number
      readonly kernel: number
      /** Extent of the kernel along an image's width where it is not the same as along its height. */
      readonly width?: number
      readonly stride: number
      readonly dilation: number
      readonly groups: number
      readonly bias: boolean
      /** Zeros on every side; absent: 'same'. See layers/padding.ts. */
      readonly padding?: number
    }
  | { readonly kind: 'dense'; readonly units: number; readonly bias: boolean }
  | { readonly kind: 'batch-norm' }
  | { readonly kind: 'layer-norm' }
  | { readonly kind: 'activation'; readonly activation: Activation }
  | { readonly kind: 'max-pool'; readonly size: number; readonly stride: number; readonly padding?: number }
  | { readonly kind: 'average-pool'; readonly size: number; readonly stride: number; readonly padding?: number }
  /** Weighs each channel by what a network of `squeezed` units makes of all channels' means. */
  | { readonly kind: 'squeeze-excite'; readonly squeezed: number; readonly gate: 'sigmoid' | 'hard-sigmoid' }
  | { readonly kind: 'global-average-pool' }
  | { readonly kind: 'flatten' }
  | { readonly kind: 'dropout'; readonly rate: number }
  /** Zeros a branch of whole examples; the rate grows from 0 to `rate` over the training. */
  | { readonly kind: 'drop-path'; readonly rate: number }
  | { readonly kind: 'identity' }
  /** Gives zeros of its input's shape (NAS-Bench-201's `none`). */
  | { readonly kind: 'zero' }
  /** The first so many channels. */
  | { readonly kind: 'take-channels'; readonly channels: number }
  /** Moves an image or signal by one element towards its beginning; zeros come in at the end. */
  | { readonly kind: 'shift' }
  /** Sum of all inputs, which have one shape. */
  | { readonly kind: 'add' }
  /** Concatenation of all inputs along channels. */
  | { readonly kind: 'concat' }
  /** Splits a table row into numbers and category codes, embeds each code, and joins all to one vector. */
  | { readonly kind: 'column-embedding'; readonly width: number }
  /** Embeds each token of a row of codes of one vocabulary: [length] becomes [width, length]. */
  | { readonly kind: 'token-embedding'; readonly width: number }
  /** A cell of nodes over the steps of a signal; node 0 reads input and state, node i + 1 of `nodes` an earlier one. See layers/recurrent.ts. */
  | {
      readonly kind: 'recurrent'
      readonly units: number
      readonly first: RecurrentActivation
      readonly nodes: readonly { readonly from: number; readonly activation: RecurrentActivation }[]
      /** The state is the mean of all nodes after the first, or of those that no other reads. */
      readonly output: 'mean' | 'loose-ends'
    }
  /** The last step of a signal, as a vector. */
  | { readonly kind: 'last-step' }

export type LayerKind = Layer['kind']

export interface NetworkNode {
  /** Path of the place, with the branches taken and indices in repeats; parameter names begin with it (`stage1/0/conv3/weight`). */
  readonly path: string
  readonly layer: Layer
  /** Paths of the nodes it reads; 'input' is the network's input. */
  readonly inputs: readonly string[]
}

export interface Network {
  readonly input: InputSpec
  /** Units of the last layer: number of classes, or of regression targets. */
  readonly outputs: number
  /** In topological order. */
  readonly nodes: readonly NetworkNode[]
  /** Path of the node whose value is the result (logits, or the regression value). */
  readonly output: string
}

/** A parameter or a statistic of a layer. */
export interface ParameterSpec {
  /** `<node path>/<weight|bias|scale|shift|mean|variance|table…>` */
  readonly name: string
  readonly shape: readonly number[]
  /** How it begins. */
  readonly init: 'he' | 'glorot' | 'zeros' | 'ones' | 'normal'
  /** False for batch-norm's running statistics. */
  readonly trained: boolean
  /** Whether weight decay applies (weights yes; biases, scales and shifts no). */
  readonly decayed: boolean
}

/** Named tensors: the form in which weights are kept, shared, inherited and morphed. */
export type Weights = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>

/** What a network costs, for one example unless said. */
export interface Cost {
  readonly parameters: number
  /** Multiply-accumulates counted as two operations. */
  readonly flops: number
  /** Bytes of all activations of a forward pass. */
  readonly activationBytes: number
}
