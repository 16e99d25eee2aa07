import type { Packet } from './packet.ts'

/** What the packets say about time; the header is not asked. */
export type Rate = {
  /** Pictures per second: the constant rate, or the mean when it varies; null with a single picture. */
  fps: number | null
  variable: boolean
  /** Usual distance between two pictures, microseconds; null with a single picture. */
  stepUs: number | null
  firstUs: number
  /** From the first picture to the end of the last. */
  durationUs: number
}

const standardRates = [12, 15, 24000 / 1001, 24, 25, 30000 / 1001, 30, 48, 50, 60000 / 1001, 60, 100, 120000 / 1001, 120, 240]

/**
 * A measured rate within 0.1 % of a usual one is that one; containers round times to milliseconds or coarser. A rate
 * read from one step in milliseconds needs a wider `within`.
 */
export function snapRate(fps: number, within = 0.001): number {
  const nearest = standardRates.reduce((best, rate) => (Math.abs(rate - fps) < Math.abs(best - fps) ? rate : best))
  return Math.abs(nearest - fps) / nearest < within ? nearest : fps
}

/** Needs packets in presentation order, at least one. */
export function rateOf(packets: readonly Packet[]): Rate {
  const first = packets[0]
  const last = packets.at(-1)
  if (first === undefined || last === undefined) throw new RangeError('rateOf: expected at least one packet, came none')
  const gaps = packets.slice(1).map((packet, at) => packet.timeUs - (packets[at]?.timeUs ?? packet.timeUs))
  const step = median(gaps.filter((gap) => gap > 0))
  const durationUs = last.timeUs - first.timeUs + (last.durationUs ?? step ?? 0)
  if (step === null) return { fps: null, variable: false, stepUs: null, firstUs: first.timeUs, durationUs }
  // Millisecond containers jitter by one unit; a real variable rate changes by whole fractions of a frame.
  const uneven = gaps.filter((gap) => Math.abs(gap - step) > Math.max(step * 0.2, 1500)).length
  const mean = (1e6 * gaps.length) / (last.timeUs - first.timeUs)
  const variable = uneven > gaps.length * 0.02
  return { fps: variable ? mean : snapRate(mean), variable, stepUs: step, firstUs: first.timeUs, durationUs }
}

function median(values: number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? null
}
