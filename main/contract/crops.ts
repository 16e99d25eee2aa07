/**
 * Shapes that shops and channels show photos in, for guides over a photo. `aspect`: width / height. `safe`: fractions of the cropped picture that
 * the channel's own buttons and words may cover; Meta's advice for stories and reels since March 2026 (14 % above, 35 % below, 6 % beside), null
 * where nothing is laid over the picture.
 */
export type CropGuide = {
  key: string
  label: string
  aspect: number
  safe: { top: number; right: number; bottom: number; left: number } | null
}

export const cropGuides: readonly CropGuide[] = [
  { key: 'square', label: '1:1 shop, feed', aspect: 1, safe: null },
  { key: 'portrait', label: '4:5 feed', aspect: 4 / 5, safe: null },
  { key: 'upright', label: '3:4 shop, feed', aspect: 3 / 4, safe: null },
  { key: 'upright-video', label: '9:16 story, reel', aspect: 9 / 16, safe: { top: 0.14, right: 0.06, bottom: 0.35, left: 0.06 } },
  { key: 'wide', label: '16:9 banner, video', aspect: 16 / 9, safe: null },
]

/** The largest crop of this shape inside a photo of `width` × `height`, as near to `centre` (fractions) as it fits; in fractions of the photo. */
export function cropBox(
  photo: { width: number; height: number },
  aspect: number,
  centre: { x: number; y: number },
): { x: number; y: number; w: number; h: number } {
  const shape = photo.width / photo.height
  const w = Math.min(1, aspect / shape)
  const h = Math.min(1, shape / aspect)
  const within = (middle: number, size: number): number => Math.min(1 - size, Math.max(0, middle - size / 2))
  return { x: within(centre.x, w), y: within(centre.y, h), w, h }
}
