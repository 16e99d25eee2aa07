import { type RefObject, useEffect } from 'react'
import { mediaUrl } from '../../main/contract/media-url.ts'
import type { ReviewClip } from '../../main/contract/views.ts'

/** A take that cannot be sought this fast keeps its poster. */
const slowestMs = 4000
const width = 320

/** One take at a time: a dozen players at once would stop the one that is watched. */
let line: Promise<void> = Promise.resolve()

/**
 * Draws a still from the middle of each clip of a take into the canvases below `row` that carry its id, once the row comes into view.
 */
export function useStills(row: RefObject<HTMLElement | null>, clips: readonly ReviewClip[], isReady: boolean): void {
  const wanted = clips.map(({ id, inUs, outUs }) => `${id}:${inUs}:${outUs}`).join()
  useEffect(() => {
    const element = row.current
    if (element === null || !isReady || clips.length === 0) return undefined
    const stop = new AbortController()
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      seen.disconnect()
      line = line.then(() => drawn(element, clips, stop.signal))
    })
    seen.observe(element)
    return () => {
      seen.disconnect()
      stop.abort()
    }
    // The same clips in a new list need no new stills.
  }, [row, wanted, isReady])
}

/** Tried again: while a computer is busy with other takes, one may come too late to be sought in time. */
async function drawn(row: HTMLElement, clips: readonly ReviewClip[], signal: AbortSignal): Promise<void> {
  for (let tries = 0; tries < 3 && !signal.aborted; tries += 1) {
    const isDrawn = await draw(row, clips, signal).then(
      () => true,
      () => false,
    )
    if (isDrawn) return
  }
}

async function draw(row: HTMLElement, clips: readonly ReviewClip[], signal: AbortSignal): Promise<void> {
  const byFile = Map.groupBy(clips, ({ assetId }) => assetId)
  for (const [assetId, own] of byFile) {
    const player = document.createElement('video')
    try {
      player.muted = true
      player.preload = 'auto'
      player.src = mediaUrl(assetId, 'proxy')
      await heard(player, 'loadeddata', signal)
      for (const clip of own) {
        const canvas = row.querySelector<HTMLCanvasElement>(`canvas[data-clip="${clip.id}"]`)
        const context = canvas?.getContext('2d') ?? null
        if (canvas === null || context === null) continue
        const sought = heard(player, 'seeked', signal)
        player.currentTime = Math.min((clip.inUs + clip.outUs) / 2_000_000, Math.max(0, player.duration - 0.1))
        await sought
        canvas.width = width
        canvas.height = Math.max(1, Math.round((width * player.videoHeight) / Math.max(1, player.videoWidth)))
        context.drawImage(player, 0, 0, canvas.width, canvas.height)
        canvas.dataset['drawn'] = 'yes'
      }
    } finally {
      player.removeAttribute('src')
      player.load()
    }
  }
}

function heard(player: HTMLVideoElement, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = window.setTimeout(() => reject(new Error(`no ${name} in time`)), slowestMs)
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true })
    player.addEventListener('error', () => reject(new Error('cannot be played')), { once: true, signal })
    player.addEventListener(
      name,
      () => {
        window.clearTimeout(timer)
        resolve()
      },
      { once: true, signal },
    )
  })
}
