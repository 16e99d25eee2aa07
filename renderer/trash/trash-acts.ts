import { useQueryClient } from '@tanstack/react-query'
import type { AssetId } from '../../main/contract/ids.ts'
import type { TrashedView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { keysOf, useLibrary } from '../queries.ts'
import { useUiStore } from '../ui-state.ts'
import { bytes, plural } from '../words.ts'
import { namedOrCounted } from './trash-words.ts'

type Left = readonly { assetId: AssetId; because: string }[]

/** The most that one call takes. */
const atOnce = 10_000

export type TrashActs = {
  /** Back to the library; the message about it takes that back. */
  restore(these: readonly TrashedView[]): Promise<void>
  /** Nothing brings these back. null = everything. */
  deleteForGood(these: readonly TrashedView[] | null): Promise<void>
}

export function useTrashActs(): TrashActs {
  const { door } = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const readAgain = (): Promise<unknown> =>
    Promise.all([keysOf.trash, keysOf.assets, keysOf.cardPlans, keysOf.status].map((queryKey) => queries.invalidateQueries({ queryKey })))
  const told = (words: string, action?: { label: string; run: () => void }): void => {
    ui.getState().toast(words, action)
    ui.getState().say(words)
  }
  const failed = (left: Left, these: readonly TrashedView[] | null, what: string): void => {
    const [first] = left
    if (first === undefined) return
    const name = these?.find(({ id }) => id === first.assetId)?.name
    const who = left.length === 1 ? (name ?? '1 photo') : plural(left.length, 'photo')
    ui.getState().fail({
      code: 'conflict',
      message: `${who} could not be ${what}: ${first.because}.`,
      next: 'Nothing else was touched. Try again, or look into the trash folder of the library.',
      retryable: true,
    })
  }
  const removeAgain = async (ids: AssetId[]): Promise<void> => {
    try {
      const { removed } = await ask(door, 'asset.remove', { assetIds: ids })
      await readAgain()
      told(`${plural(removed.length, 'photo or clip', 'photos and clips')} back in the trash.`)
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  return {
    async restore(these) {
      if (these.length === 0) return
      try {
        const restored: AssetId[] = []
        const left: { assetId: AssetId; because: string }[] = []
        for (let at = 0; at < these.length; at += atOnce) {
          const part = await ask(door, 'asset.restore', { assetIds: these.slice(at, at + atOnce).map(({ id }) => id) })
          restored.push(...part.restored)
          left.push(...part.left)
        }
        await readAgain()
        const came = new Set(restored)
        const back = these.filter(({ id }) => came.has(id))
        if (back.length > 0)
          told(`${namedOrCounted(back)} ${back.length === 1 ? 'is' : 'are'} back in the library.`, {
            label: 'Undo',
            run: () => void removeAgain(restored),
          })
        failed(left, these, 'brought back')
      } catch (error) {
        ui.getState().fail(wireOf(error))
      }
    },
    async deleteForGood(these) {
      try {
        const {
          deleted,
          bytes: freed,
          left,
        } = await ask(door, 'trash.empty', { assetIds: these === null ? null : these.map(({ id }) => id) })
        await readAgain()
        if (deleted.length > 0)
          told(`${plural(deleted.length, 'photo or clip', 'photos and clips')} deleted for good, ${bytes(freed)} freed.`)
        failed(left, these, 'deleted')
      } catch (error) {
        ui.getState().fail(wireOf(error))
      }
    },
  }
}
