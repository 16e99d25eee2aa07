import { type RefObject, useEffect, useRef, useState } from 'react'
import { frameStep, shuttled } from './range.ts'

export type Player = {
  speed: number
  /** Seconds at which playing stops by itself. */
  playTo(fromUs: number, toUs: number): void
  shuttle(way: 1 | -1): void
  stop(): void
  toggle(): void
  seek(us: number): void
  step(by: 1 | -1): void
  nowUs(): number
}

/** Going backwards is made of seeks, so many a second. */
const seeksPerSecond = 12

/** Plays, shuttles and steps a video. `onTime` is called with every picture that is shown, in microseconds. */
export function usePlayer(video: RefObject<HTMLVideoElement | null>, framesPerSecond: number, onTime: (us: number) => void): Player {
  const [speed, setSpeed] = useState(0)
  const latest = useRef({ onTime, speed, stopAtUs: null as number | null })
  latest.current.onTime = onTime
  latest.current.speed = speed

  const element = (): HTMLVideoElement | null => video.current
  const nowUs = (): number => Math.round((element()?.currentTime ?? 0) * 1_000_000)
  const stop = (): void => {
    latest.current.stopAtUs = null
    element()?.pause()
    setSpeed(0)
  }
  const run = (next: number): void => {
    const target = element()
    if (target === null) return
    setSpeed(next)
    if (next > 0) {
      target.playbackRate = next
      if (target.ended) target.currentTime = 0
      void target.play().catch(() => undefined)
    } else target.pause()
  }

  useEffect(() => {
    const target = video.current
    if (target === null) return undefined
    let shown = 0
    const onFrame = (): void => {
      const us = Math.round(target.currentTime * 1_000_000)
      latest.current.onTime(us)
      const { stopAtUs } = latest.current
      if (stopAtUs !== null && us >= stopAtUs) {
        latest.current.stopAtUs = null
        target.pause()
      }
      shown = target.requestVideoFrameCallback(onFrame)
    }
    shown = target.requestVideoFrameCallback(onFrame)
    const onPause = (): void => {
      if (latest.current.speed > 0) setSpeed(0)
    }
    const onPlay = (): void => {
      if (latest.current.speed <= 0) setSpeed(target.playbackRate)
    }
    const onSeeked = (): void => latest.current.onTime(Math.round(target.currentTime * 1_000_000))
    target.addEventListener('pause', onPause)
    target.addEventListener('play', onPlay)
    target.addEventListener('seeked', onSeeked)
    return () => {
      target.cancelVideoFrameCallback(shown)
      target.removeEventListener('pause', onPause)
      target.removeEventListener('play', onPlay)
      target.removeEventListener('seeked', onSeeked)
    }
  }, [video])

  useEffect(() => {
    if (speed >= 0) return undefined
    const timer = window.setInterval(() => {
      const target = video.current
      if (target === null || target.seeking) return
      const next = target.currentTime + speed / seeksPerSecond
      target.currentTime = Math.max(0, next)
      if (next <= 0) setSpeed(0)
    }, 1000 / seeksPerSecond)
    return () => window.clearInterval(timer)
  }, [speed, video])

  return {
    speed,
    stop,
    nowUs,
    toggle: () => (speed === 0 ? run(1) : stop()),
    shuttle: (way) => {
      latest.current.stopAtUs = null
      run(shuttled(speed, way))
    },
    playTo: (fromUs, toUs) => {
      const target = element()
      if (target === null) return
      target.currentTime = fromUs / 1_000_000
      latest.current.stopAtUs = toUs
      run(1)
    },
    seek: (us) => {
      const target = element()
      if (target === null) return
      latest.current.stopAtUs = null
      target.currentTime = us / 1_000_000
    },
    step: (by) => {
      const target = element()
      if (target === null) return
      stop()
      target.currentTime = frameStep(target.currentTime, framesPerSecond, by, target.duration)
    },
  }
}
