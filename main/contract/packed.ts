/** Several files in one answer. */

/** One after the other, each behind its length (32 bits, little endian); null, which has no bytes, is one that is not there. */
export function pack(files: readonly (Uint8Array | null)[]): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(files.reduce((sum, one) => sum + 4 + (one?.length ?? 0), 0))
  const view = new DataView(packed.buffer)
  let at = 0
  for (const one of files) {
    view.setUint32(at, one?.length ?? 0, true)
    if (one !== null) packed.set(one, at + 4)
    at += 4 + (one?.length ?? 0)
  }
  return packed
}

/** What was packed, without copying it; null when the bytes are not exactly `count` files. */
export function unpack(packed: ArrayBuffer, count: number): (Uint8Array<ArrayBuffer> | null)[] | null {
  const view = new DataView(packed)
  const files: (Uint8Array<ArrayBuffer> | null)[] = []
  let at = 0
  for (let index = 0; index < count; index += 1) {
    if (at + 4 > packed.byteLength) return null
    const length = view.getUint32(at, true)
    at += 4
    if (at + length > packed.byteLength) return null
    files.push(length === 0 ? null : new Uint8Array(packed, at, length))
    at += length
  }
  return at === packed.byteLength ? files : null
}
