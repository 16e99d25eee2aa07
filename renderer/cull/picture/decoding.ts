/** What the page and its decoder say to each other. `width` and `height`: the exact size to scale to, both or neither. */
export type DecodeOrder =
  | { kind: 'decode'; key: string; url: string; width: number | null; height: number | null }
  | { kind: 'drop'; key: string }

/** Without a bitmap: `dropped` as ordered, or `missing` (it may be there another time, or never). */
export type DecodeAnswer = { key: string; bitmap: ImageBitmap } | { key: string; bitmap: null; because: 'dropped' | 'missing' }
