import { useEffect, useRef } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import { mediaUrl } from '../../main/contract/media-url.ts'

const keptAtMost = 10

/** Decodes the previews of `ids` before they are needed and holds on to the newest few, so that the next frame is there when the key goes down. */
export function useDecodedAhead(ids: readonly AssetId[]): void {
  const kept = useRef(new Map<AssetId, HTMLImageElement>())
  const key = ids.join()
  useEffect(() => {
    for (const id of ids) {
      const old = kept.current.get(id)
      kept.current.delete(id)
      const image = old ?? new Image()
      if (old === undefined) {
        image.src = mediaUrl(id, 'preview')
        image.decode().catch(() => kept.current.delete(id))
      }
      kept.current.set(id, image)
    }
    for (const id of [...kept.current.keys()].slice(0, -keptAtMost)) kept.current.delete(id)
  }, [key])
}
