/** `ticket`: names the order in its answer. `width` and `height`: the exact size to scale to; with a height alone the shape is kept. */
export type DecodeOne = { ticket: number; url: string; width: number | null; height: number | null }

/** What the page and its decoder say to each other. `packed`: where the files of all these orders come in one answer, in their order. */
export type DecodeOrder =
  | { kind: 'decode'; orders: readonly DecodeOne[]; packed: string | null }
  | { kind: 'drop'; ticket: number }
  /** These are read now and kept as they are, so that a decode of one of them begins at once; all others are let go. */
  | { kind: 'read'; urls: readonly string[] }

/** Without a bitmap: `dropped` as ordered, or `missing` (it may be there another time, or never). */
export type DecodeAnswer = { ticket: number; bitmap: ImageBitmap } | { ticket: number; bitmap: null; because: 'dropped' | 'missing' }
