export { entropyOf, LstmController } from './lstm-controller.ts'
export type { ControllerOptions, ControllerPick, ControllerSequence, ControllerSlot, SavedController } from './lstm-controller.ts'
