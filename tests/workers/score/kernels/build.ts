/**
 * Turns the kernels' text into the bytes that ship: `node tests/workers/score/kernels/build.ts` writes workers/score/kernels/bytes.ts.
 * It lives with the tests because the assembler (wabt) is a development package, which nothing under workers/ may need.
 */
import { readFile, writeFile } from 'node:fs/promises'
import wabt from 'wabt'

const folder = new URL('../../../../workers/score/kernels/', import.meta.url)

/** The module of pixels.wat in base64. @throws the assembler's error, with the line */
export async function assembled(): Promise<string> {
  const { parseWat } = await wabt()
  const parsed = parseWat('pixels.wat', await readFile(new URL('pixels.wat', folder)), { simd: true })
  try {
    parsed.resolveNames()
    parsed.validate()
    return Buffer.from(parsed.toBinary({}).buffer).toString('base64')
  } finally {
    parsed.destroy()
  }
}

if (import.meta.main) {
  const text = `/** pixels.wat, assembled (WebAssembly with SIMD, base64); see README.md. */\nexport const bytes =\n  '${await assembled()}'\n`
  await writeFile(new URL('bytes.ts', folder), text)
}
