/** What the page and its decoder say to each other. `width` and `height`: the exact size to scale to; with a height alone the shape is kept. */
export type DecodeOrder =
  | { kind: 'decode'; key: string; url: string; width: number | null; height: number | null }
  | { kind: 'drop'; key: string }
  /** These are read now and kept as they are, so that a decode of one of them begins at once; all others are let go. */
  | { kind: 'read'; urls: readonly string[] }

/** Without a bitmap: `dropped` as ordered, or `missing` (it may be there another time, or never). */
export type DecodeAnswer = { key: string; bitmap: ImageBitmap } | { key: string; bitmap: null; because: 'dropped' | 'missing' }
