import { stem } from './card.ts'

/**
 * What a companion is called beside its asset: it follows the asset's new name, so that other software still sees the pair.
 * `IMG_0001.CR2` beside `IMG_0001.JPG` → `0007-IMG_0001~2.JPG` becomes `0007-IMG_0001~2.CR2`; `C0001M01.XML` keeps its `M01`;
 * a companion of another stem is kept apart by its own name.
 */
export function companionName(companion: string, asset: string, renamed: string): string {
  const old = stem(asset)
  const now = stem(renamed)
  if (now === old) return companion
  if (companion.toUpperCase().startsWith(old.toUpperCase())) return `${now}${companion.slice(old.length)}`
  return `${now}-${companion}`
}
