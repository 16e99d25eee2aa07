/** SQLite takes at most 32,766 values in a statement; this many rows of a few columns stay far below, and one statement stays worth keeping prepared. */
const rowsAtOnce = 500

/** Runs a statement over a long list part by part, in order, and joins what comes back. */
export async function inChunks<T, R>(all: readonly T[], act: (some: T[]) => Promise<R[]>): Promise<R[]> {
  const found: R[] = []
  for (let at = 0; at < all.length; at += rowsAtOnce) found.push(...(await act(all.slice(at, at + rowsAtOnce))))
  return found
}
