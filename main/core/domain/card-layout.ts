/** What the folders at the top of a volume say about it. */
export type Layout = {
  isCard: boolean
  /** Two memory slots of one camera, mounted as one volume. */
  twoSlots: boolean
}

/** Folders whose name alone says that a camera wrote it: DCF 2.0 and Sony's older movie folder. */
const certain = new Set(['DCIM', 'MP_ROOT'])
/** A DCF directory: a number of 100 to 999 and five characters. */
const dcf = /^[1-9]\d\d[0-9A-Z_]{5}$/
const slot = /^(slot|card|store)[ _-]?[0-9a-f]{1,8}$/i

/** What must lie in a folder whose name alone says too little: people too have a folder `Video`, or `private`. */
const proof: Record<string, (name: string) => boolean> = {
  PRIVATE: (name) => name === 'M4ROOT' || name === 'AVCHD',
  AVCHD: (name) => name === 'BDMV',
  VIDEO: (name) => dcf.test(name),
}

/**
 * The folders at the top that have to be listed too before `layoutOf` can tell; none when the top says it all, so that a volume usually costs one
 * listing.
 */
export function foldersToList(names: readonly string[]): string[] {
  const upper = names.map((name) => name.toUpperCase())
  const isCertain = upper.some((name) => certain.has(name))
  return names.filter((name, index) => slot.test(name) || (!isCertain && Object.hasOwn(proof, upper[index] ?? '')))
}

/**
 * @param names what lies at the top of the volume
 * @param subnames what lies in each of `foldersToList(names)`, as far as it could be listed
 */
export function layoutOf(names: readonly string[], subnames: Readonly<Record<string, readonly string[]>>): Layout {
  const inside = (name: string): string[] => (Object.hasOwn(subnames, name) ? (subnames[name] ?? []) : []).map((one) => one.toUpperCase())
  const slots = names.filter((name) => slot.test(name) && inside(name).includes('DCIM')).length
  const own = names.some((name) => name.toUpperCase() === 'DCIM') ? 1 : 0
  const isProven = names.some((name) => {
    const upper = name.toUpperCase()
    return certain.has(upper) || (Object.hasOwn(proof, upper) && inside(name).some((one) => proof[upper]?.(one) === true))
  })
  return { isCard: isProven || slots > 0, twoSlots: slots + own > 1 }
}
