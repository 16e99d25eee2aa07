import type { AssetId } from '../../contract/ids.ts'
import type { CommandOut } from '../../contract/ipc.ts'
import { type ExitCode, type Session, withEngine } from './session.ts'
import { deletedLines, restoredLines, trashLines } from './summary.ts'

export const trashHelp = `
Without --restore, --restore-all or --empty it only lists.
Exit codes: 0 fine · 2 some could not be restored or deleted, each named · 3 none could.`

type Left = { id: string; because: string }
const leftOf = (left: CommandOut<'asset.restore'>['left']): Left[] => left.map(({ assetId, because }) => ({ id: assetId, because }))
const exitOf = (done: number, left: number): ExitCode => (left === 0 ? 0 : done === 0 ? 3 : 2)

/** Which of the trash is meant; what cannot be found, or could be several, is named. */
function meant(trash: CommandOut<'trash.list'>['trash'], given: readonly string[]): { ids: AssetId[]; left: Left[] } {
  const ids = new Set<AssetId>()
  const left: Left[] = []
  for (const id of given) {
    const found = /^[0-9a-f]{8,64}$/.test(id) ? trash.filter((one) => one.id.startsWith(id)) : []
    const [first] = found
    if (found.length === 1 && first !== undefined) ids.add(first.id)
    else if (found.length > 1) left.push({ id, because: `${found.length} in the trash start with this; give more of the id` })
    else left.push({ id, because: 'it is not in the trash; expected at least 8 digits of an id that the list shows' })
  }
  return { ids: [...ids], left }
}

/** `dropcard trash` */
export function trash(options: {
  library: string
  restore: string[]
  restoreAll?: boolean
  empty?: boolean
  json?: boolean
}): Promise<void> {
  return withEngine({ ...options, mustExist: true, work: 'offload' }, async (session) => {
    const listed = await session.call('trash.list', {})
    if (options.empty === true) {
      const { deleted, bytes, left } = await session.call('trash.empty', {})
      const result = { deleted, bytes, left: leftOf(left) }
      session.out.result(result, () => deletedLines(result))
      return exitOf(deleted.length, left.length)
    }
    if (options.restoreAll !== true && options.restore.length === 0) {
      session.out.result(listed, () => trashLines(listed))
      return 0
    }
    const wanted = options.restoreAll === true ? { ids: listed.trash.map((one) => one.id), left: [] } : meant(listed.trash, options.restore)
    const result = await restore(session, wanted)
    session.out.result(result, () => restoredLines(result, listed))
    return exitOf(result.restored.length, result.left.length)
  })
}

async function restore(session: Session, wanted: { ids: AssetId[]; left: Left[] }): Promise<{ restored: AssetId[]; left: Left[] }> {
  const restored: AssetId[] = []
  const left = [...wanted.left]
  for (let at = 0; at < wanted.ids.length; at += 10_000) {
    const part = await session.call('asset.restore', { assetIds: wanted.ids.slice(at, at + 10_000) })
    restored.push(...part.restored)
    left.push(...leftOf(part.left))
  }
  return { restored, left }
}
