/** Does `act` for each, in order of the list, `width` of them at a time. The first rejection ends it. */
export async function sideBySide<T>(all: readonly T[], width: number, act: (one: T, index: number) => Promise<void>): Promise<void> {
  // One iterator for all lanes: each takes what comes next.
  const rest = all.entries()
  const lane = async (): Promise<void> => {
    for (const [index, one] of rest) await act(one, index)
  }
  await Promise.all(Array.from({ length: width }, lane))
}
