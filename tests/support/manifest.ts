import { createHash } from 'node:crypto'
import { type ManifestLine, manifest } from '../../main/core/domain/manifest.ts'

/** A manifest as an offload writes it, whole. */
export async function manifestText(lines: readonly ManifestLine[], label = 'card'): Promise<string> {
  async function* inParts() {
    yield lines
  }
  let text = ''
  for await (const part of manifest({ at: '2026-05-01T10:00:00.000Z', label, version: '1', lines: inParts() })) text += part
  return text
}

/** The line of a file with this content. */
export const manifestLine = (path: string, content: string): ManifestLine => ({
  path,
  bytes: Buffer.byteLength(content),
  modified: '2026-05-01T10:00:00.000Z',
  sha256: createHash('sha256').update(content).digest('hex'),
  at: '2026-05-01T10:00:01.000Z',
})
