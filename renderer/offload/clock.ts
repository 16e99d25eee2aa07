import type { PeekView, Settings } from '../../main/contract/views.ts'
import { cameraTime } from '../words.ts'

/** How far a camera's clock is off, as people say it. `behind`: it shows an earlier time than it was. */
export type ClockError = { side: 'behind' | 'ahead'; days: number; hours: number; minutes: number; seconds: number }

/** From the seconds that are added to a camera's clock. */
export function clockErrorOf(offset: number): ClockError {
  const size = Math.abs(offset)
  return {
    side: offset < 0 ? 'ahead' : 'behind',
    days: Math.floor(size / 86_400),
    hours: Math.floor((size % 86_400) / 3600),
    minutes: Math.floor((size % 3600) / 60),
    seconds: size % 60,
  }
}

/** Seconds to add to the camera's clock. */
export function offsetOf({ side, days, hours, minutes, seconds }: ClockError): number {
  const size = days * 86_400 + hours * 3600 + minutes * 60 + seconds
  return size === 0 ? 0 : side === 'ahead' ? -size : size
}

/** "1 h 30 min behind", "right". */
export function clockWords(offset: number): string {
  const { side, days, hours, minutes, seconds } = clockErrorOf(offset)
  const parts = [
    [days, 'd'],
    [hours, 'h'],
    [minutes, 'min'],
    [seconds, 's'],
  ] as const
  const said = parts.flatMap(([value, unit]) => (value === 0 ? [] : [`${value} ${unit}`])).join(' ')
  return said === '' ? 'right' : `${said} ${side}`
}

export type CardCamera = PeekView['cameras'][number]

/** Every camera whose clock can be put right, those on the card first and in its order. */
export function camerasToSet(
  onCard: readonly CardCamera[],
  assets: readonly { camera: string | null }[],
  offsets: Settings['cameraOffsets'],
): { name: string; seen: CardCamera | null }[] {
  const here = new Set(onCard.map(({ name }) => name))
  const others = [...new Set([...assets.flatMap(({ camera }) => (camera === null ? [] : [camera])), ...Object.keys(offsets)])].sort()
  return [
    ...onCard.map((seen) => ({ name: seen.name, seen })),
    ...others.filter((name) => !here.has(name)).map((name) => ({ name, seen: null })),
  ]
}

/** A camera's time as it wrote it and as it was; `right` is null while the clock needs no correction. */
export function corrected(at: string | null, offset: number): { written: string | null; right: string | null } {
  const ms = at === null ? Number.NaN : Date.parse(`${at}Z`)
  if (Number.isNaN(ms)) return { written: null, right: null }
  return { written: cameraTime(at), right: offset === 0 ? null : cameraTime(new Date(ms + offset * 1000).toISOString()) }
}
