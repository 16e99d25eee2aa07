import { assetId, type OffloadId } from '../contract/ids.ts'
import type { EventName, EventOf } from '../contract/ipc.ts'
import { offloadView } from './commands/offload-report.ts'
import type { Reader } from './library/db.ts'

const pauseMs = 200

/**
 * Says how far an offload is and which assets came. After each file would be too often: a few times a second, the first at once, and the last never
 * left out.
 */
export function createArrivals({
  read,
  emit,
  failed,
}: {
  read: Reader
  emit<N extends EventName>(name: N, event: EventOf<N>): void
  failed(error: unknown): void
}) {
  /** The lines of each offload that ended since it was told about. */
  const waiting = new Map<OffloadId, number[]>()
  let pause: NodeJS.Timeout | undefined
  let isClosed = false

  const linesOf = (offloadId: OffloadId): number[] => {
    const lines = waiting.get(offloadId) ?? []
    waiting.set(offloadId, lines)
    return lines
  }
  const over = (): void => {
    pause = undefined
    if (waiting.size > 0) void tell().catch(failed)
  }
  const tell = async (): Promise<void> => {
    if (isClosed) return
    clearTimeout(pause)
    pause = setTimeout(over, pauseMs)
    const now = [...waiting]
    waiting.clear()
    for (const [offloadId, lines] of now) {
      const came = await read
        .selectFrom('offload_asset')
        .select('asset_id')
        .where('id', 'in', lines)
        .where('outcome', '!=', 'skipped')
        .execute()
      emit('offload.changed', await offloadView(read, offloadId))
      emit('assets.changed', { assetIds: came.flatMap(({ asset_id }) => (asset_id === null ? [] : [assetId.parse(asset_id)])) })
    }
  }
  return {
    /** One line of an offload ended: soon. */
    file(offloadId: OffloadId, line: number): Promise<void> | undefined {
      linesOf(offloadId).push(line)
      return pause === undefined ? tell() : undefined
    },
    /** It began or ended: at once, with what waits. */
    turned(offloadId: OffloadId): Promise<void> {
      linesOf(offloadId)
      return tell()
    },
    [Symbol.dispose]() {
      isClosed = true
      clearTimeout(pause)
    },
  }
}
