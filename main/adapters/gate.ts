/** Lets so many in at a time, in the order in which they came. @returns what lets the next one in */
export function createGate(width: number): () => Promise<() => void> {
  let free = width
  const waiting: (() => void)[] = []
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }
  return async () => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    return leave
  }
}
