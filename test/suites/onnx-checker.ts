import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Python with the onnx package: NASCENT_PYTHON, or python3. */
const python = process.env.NASCENT_PYTHON ?? 'python3'

/** Why models cannot be checked here, or undefined. */
export function checkerMissing(): string | undefined {
  const { status, error } = spawnSync(python, ['-c', 'import onnx'], { encoding: 'utf8' })
  return status === 0 ? undefined : `${python} has no onnx package${error ? ` (${error.message})` : ''}: set NASCENT_PYTHON`
}

const script = `
import os, sys, onnx
for name in sorted(os.listdir(sys.argv[1])):
    model = onnx.load(os.path.join(sys.argv[1], name))
    standard = all(o.domain in ('', 'ai.onnx') for o in model.opset_import)
    try:
        # Shapes and types are inferred and compared too, where every operator is a standard one.
        onnx.checker.check_model(model, full_check=standard)
        onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=standard)
    except Exception as error:
        print(name, str(error).replace(chr(10), ' ')[:500])
print('checked', len(os.listdir(sys.argv[1])))
`

/**
 * What onnx.checker finds wrong with models: lines `<name> <what>`.
 * @throws Error when the checker itself did not run to its end
 */
export function checkModels(models: Readonly<Record<string, Uint8Array>>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'nascent-onnx-'))
  try {
    for (const [name, bytes] of Object.entries(models)) writeFileSync(join(folder, `${name.replace(/[^\w.-]+/g, '_')}.onnx`), bytes)
    const { stdout, stderr } = spawnSync(python, ['-c', script, folder], { encoding: 'utf8' })
    const lines = stdout.trim().split('\n')
    if (lines.pop() !== `checked ${Object.keys(models).length}`) throw new Error(`the ONNX checker did not finish: ${stderr}`)
    return lines
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
