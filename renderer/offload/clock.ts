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
