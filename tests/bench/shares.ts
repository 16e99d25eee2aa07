type Share = { hits: number; of: number }

/** A share with its 95 % interval, in words. */
export const share = ({ hits, of }: Share): string => {
  if (of === 0) return 'none'
  // Wilson's interval: honest at 0 and 1.
  const [p, z] = [hits / of, 1.96]
  const middle = (p + (z * z) / (2 * of)) / (1 + (z * z) / of)
  const half = (z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of))) / (1 + (z * z) / of)
  return `${p.toFixed(4)} [${(middle - half).toFixed(3)}, ${(middle + half).toFixed(3)}] (${hits}/${of})`
}
export const count = <T>(all: readonly T[], test: (one: T) => boolean): Share => ({ hits: all.filter(test).length, of: all.length })
