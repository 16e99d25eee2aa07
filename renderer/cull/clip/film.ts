import { type RefObject, useEffect } from 'react'

const frames = 16
const frameWidth = 120
/** A take that cannot be sought this fast stays without the rest of its film. */
const slowestMs = 4000

/** Draws stills of the whole take side by side on a canvas, one after the other, from a second, silent player; the one that plays is left alone. */
export function useFilm(canvas: RefObject<HTMLCanvasElement | null>, url: string, isReady: boolean): void {
  useEffect(() => {
    const target = canvas.current
    if (!isReady || target === null) return undefined
    const player = document.createElement('video')
    const stop = new AbortController()
    player.muted = true
    player.preload = 'auto'
    player.src = url
    void draw(player, target, stop.signal).catch(() => undefined)
    return () => {
      stop.abort()
      player.removeAttribute('src')
      player.load()
    }
  }, [canvas, url, isReady])
}

async function draw(player: HTMLVideoElement, target: HTMLCanvasElement, signal: AbortSignal): Promise<void> {
  await heard(player, 'loadeddata', signal)
  const height = Math.max(1, Math.round((frameWidth * player.videoHeight) / Math.max(1, player.videoWidth)))
  target.width = frames * frameWidth
  target.height = height
  const context = target.getContext('2d')
  if (context === null) return
  // The ends first, then the middles between: the whole take can be told apart long before it is complete.
  const order = Array.from({ length: frames }, (_, index) => index)
    .sort((a, b) => (a & -a || 64) - (b & -b || 64))
    .reverse()
  for (const index of order) {
    const sought = heard(player, 'seeked', signal)
    player.currentTime = ((index + 0.5) / frames) * player.duration
    await sought
    context.drawImage(player, index * frameWidth, 0, frameWidth, height)
    target.dataset['drawn'] = String(Number(target.dataset['drawn'] ?? 0) + 1)
  }
}

function heard(player: HTMLVideoElement, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = window.setTimeout(() => reject(new Error(`no ${name} in time`)), slowestMs)
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true })
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
