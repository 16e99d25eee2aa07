import { appendFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import run from '../../../workers/entry.ts'

type Call = Parameters<typeof run>[0]

/**
 * The real threads' entry, but one that goes down with every photo whose original is called DEADLY; noted beside the library, so that tries can be
 * counted from outside.
 */
export default async function deadly(call: Call): Promise<unknown> {
  const { input } = call
  const path = typeof input === 'object' && input !== null && 'path' in input && typeof input.path === 'string' ? input.path : ''
  if (call.name !== 'score.photo' || !path.includes('DEADLY')) return run(call)
  await appendFile(`${path.slice(0, path.indexOf('/originals/'))}.tried`, `${dirname(path)}\n`)
  return process.exit(7)
}
