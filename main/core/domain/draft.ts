const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

/**
 * Title of a draft listing, until someone types a better one: the day of the shoot and the frame's name.
 * @param capturedAt camera time, ISO without zone, or null
 */
export function draftTitle(capturedAt: string | null, name: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(capturedAt ?? '')
  const month = months[Number(match?.[2]) - 1]
  return match === null || month === undefined ? name : `${Number(match[3])} ${month} ${match[1]} · ${name}`
}

/** The product photographed closest to this moment. */
export function nearestInTime(at: number, times: readonly { product: string; at: number }[]): string | null {
  let best: { product: string; at: number } | null = null
  for (const one of times) if (best === null || Math.abs(one.at - at) < Math.abs(best.at - at)) best = one
  return best?.product ?? null
}
