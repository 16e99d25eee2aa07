import { useState } from 'react'
import { mediaUrl } from '../../main/contract/media-url.ts'
import type { AssetView } from '../../main/contract/views.ts'
import { Icon } from './icons.tsx'

/** A thumbnail that keeps its place while it loads and says so when it cannot. Decorative: its tile carries the name. */
export function Thumb({ asset }: { asset: Pick<AssetView, 'id' | 'hasThumb' | 'kind'> }) {
  const [failed, setFailed] = useState(false)
  if (!asset.hasThumb || failed) {
    return (
      <span className="thumb thumb-none" aria-hidden="true">
        <Icon name={failed ? 'warning' : asset.kind === 'clip' ? 'play' : 'card'} size={22} />
      </span>
    )
  }
  return (
    <img className="thumb" src={mediaUrl(asset.id, 'thumb')} alt="" decoding="async" draggable={false} onError={() => setFailed(true)} />
  )
}
