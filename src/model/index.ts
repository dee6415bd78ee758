export {
  type DataSummary,
  type Examples,
  loadModel,
  type Mistake,
  saveModel,
  summarizeData,
  takeExamples,
  type TestResult,
  type TrainedModel,
} from './artifact.ts'
export { exportModel, type ExportOptions, onnxModel } from './export.ts'
export { foldBatchNorm } from './fold.ts'
export { type ModelInput, modelInputs, outputNames } from './interface.ts'
export type { ModelMetadata } from './metadata.ts'
export { inspectModel } from './model-file.ts'
export { predict, type PredictOptions, type Prediction, toCsv } from './predict.ts'
export { type ReportData, reportHtml, type ReportRun, type ReportTrial, writeReport } from './report.ts'
export { summarizeTest } from './test-result.ts'
export { verifyModel } from './verify.ts'
