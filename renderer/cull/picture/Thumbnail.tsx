import { useLayoutEffect, useRef, useState } from 'react'
import type { AssetView } from '../../../main/contract/views.ts'
import { Icon } from '../../ui/icons.tsx'
import { useThumbPictures } from './thumbs.ts'

/**
 * A thumbnail among many. It keeps its place while it loads and says so when it cannot; whoever shows many of them wants them (`wantedThumbs`).
 * Decorative: its tile carries the name.
 */
export function Thumbnail({ asset }: { asset: Pick<AssetView, 'id' | 'hasThumb' | 'kind'> }) {
  const thumbs = useThumbPictures()
  const ref = useRef<HTMLCanvasElement>(null)
  const { id } = asset
  const [isMissing, setMissing] = useState(() => thumbs.isMissing(id, 'thumb'))
  useLayoutEffect(() => {
    let drawn: ImageBitmap | null = null
    const draw = (): void => {
      setMissing(thumbs.isMissing(id, 'thumb'))
      const bitmap = thumbs.get(id, 'thumb')
      const canvas = ref.current
      if (bitmap === null || canvas === null || bitmap === drawn) return
      drawn = bitmap
      canvas.width = bitmap.width
      canvas.height = bitmap.height
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
      canvas.dataset['drawn'] = ''
    }
    draw()
    return thumbs.listen((ready) => {
      if (ready === id) draw()
    })
  }, [thumbs, id])
  if (!asset.hasThumb || isMissing) {
    return (
      <span className="thumb thumb-none" aria-hidden="true">
        <Icon name={isMissing ? 'warning' : asset.kind === 'clip' ? 'play' : 'card'} size={22} />
      </span>
    )
  }
  return <canvas ref={ref} className="thumb" width={1} height={1} />
}
