import { spawnSync } from 'node:child_process'

/** A Python that has these packages: NASCENT_PYTHON, or the one on the path; undefined when there is none. */
export function pythonWith(...packages: readonly string[]): string | undefined {
  const candidates = [process.env.NASCENT_PYTHON, 'python3'].filter((path) => path !== undefined)
  return candidates.find((path) => spawnSync(path, ['-c', `import ${packages.join(', ')}`]).status === 0)
}

const script = `
import json, sys
import numpy as np
import onnx, onnxruntime
path, feeds = sys.argv[1], json.load(sys.stdin)
onnx.checker.check_model(path, full_check=True)
model = onnx.load(path)
types = {'float32': np.float32, 'uint8': np.uint8, 'int64': np.int64, 'string': object}
def array(value):
    data = [int(x) for x in value['data']] if value['dtype'] == 'int64' else [float('nan') if x is None else x for x in value['data']]
    return np.array(data, dtype=types[value['dtype']]).reshape(value['shape'])
outputs = {}
if feeds:
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    names = [output.name for output in session.get_outputs()]
    outputs = {name: value.tolist() for name, value in zip(names, session.run(None, {name: array(value) for name, value in feeds.items()}))}
print(json.dumps({
    'irVersion': model.ir_version,
    'opsets': {entry.domain: entry.version for entry in model.opset_import},
    'domains': sorted({node.domain for node in model.graph.node}),
    'metadata': {entry.key: entry.value for entry in model.metadata_props},
    'outputs': outputs,
}))
`

export interface PythonReport {
  readonly irVersion: number
  readonly opsets: Readonly<Record<string, number>>
  readonly domains: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
  readonly outputs: Readonly<Record<string, readonly (number | string | readonly number[])[]>>
}

/** Runs ONNX's checker on a model file, and the model on feeds, if any, in Python's ONNX Runtime. Throws what Python says when either refuses. */
export function pythonCheck(
  python: string,
  path: string,
  feeds: Readonly<Record<string, { dtype: string; shape: readonly number[]; data: readonly unknown[] }>> = {},
): PythonReport {
  const { status, stdout, stderr } = spawnSync(python, ['-c', script, path], {
    input: JSON.stringify(feeds),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as PythonReport
}
