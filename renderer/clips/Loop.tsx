import { useEffect, useRef } from 'react'
import { mediaUrl } from '../../main/contract/media-url.ts'
import type { ReviewClip } from '../../main/contract/views.ts'

/** The clip itself, over and over, from the proxy of its take; without sound, so that nobody is startled. */
export function Loop({ clip }: { clip: ReviewClip }) {
  const video = useRef<HTMLVideoElement>(null)
  const bar = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const player = video.current
    if (player === null) return undefined
    const [from, to] = [clip.inUs / 1_000_000, clip.outUs / 1_000_000]
    let frame = 0
    const look = (): void => {
      if (player.currentTime >= to - 0.02 || player.currentTime < from - 0.3 || player.ended) player.currentTime = from
      if (player.paused && player.readyState > 1) void player.play().catch(() => undefined)
      if (bar.current !== null)
        bar.current.style.scale = `${Math.min(1, Math.max(0, (player.currentTime - from) / Math.max(0.1, to - from)))} 1`
      frame = requestAnimationFrame(look)
    }
    player.currentTime = from
    frame = requestAnimationFrame(look)
    return () => cancelAnimationFrame(frame)
  }, [clip.inUs, clip.outUs])
  return (
    <>
      <video ref={video} className="clip-loop" src={mediaUrl(clip.assetId, 'proxy')} muted playsInline preload="auto" />
      <span ref={bar} className="clip-loop-bar" aria-hidden="true" />
    </>
  )
}
