import { useEffect, useRef, useState } from 'react'
import type { OffloadView } from '../../main/contract/views.ts'

export type Sample = { at: number; bytes: number }

const windowMs = 5000

/** Bytes a second over the newest samples, or null while there are too few to say. */
export function rateOf(samples: readonly Sample[]): number | null {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined || last.at - first.at < 400) return null
  return ((last.bytes - first.bytes) / (last.at - first.at)) * 1000
}

/** Adds a sample and forgets those older than five seconds. */
export const addSample = (samples: readonly Sample[], sample: Sample): Sample[] => [
  ...samples.filter(({ at }) => sample.at - at <= windowMs),
  sample,
]

export function useRate(offload: OffloadView): number | null {
  const samples = useRef<Sample[]>([])
  const [rate, setRate] = useState<number | null>(null)
  const { bytesDone, id } = offload
  useEffect(() => {
    samples.current = []
    setRate(null)
  }, [id])
  useEffect(() => {
    samples.current = addSample(samples.current, { at: performance.now(), bytes: bytesDone })
    setRate(rateOf(samples.current))
  }, [bytesDone])
  return rate
}
