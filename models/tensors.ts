/**
 * Reads named arrays in the safetensors layout: u64 length of a JSON header, the header `{name: {dtype, shape, data_offsets}}`, then the bytes.
 * Only what our own heads use: F32 and I8, plus string notes in `__metadata__`.
 */
export type Tensors = {
  notes: Record<string, string>
  f32(name: string, length: number): Float32Array
  i8(name: string, length: number): Int8Array
}

/** Throws with the name of what is missing or has another size: the caller has checked the file's hash, so this is a bug of ours. */
export function readTensors(bytes: Buffer): Tensors {
  const headerLength = Number(bytes.readBigUInt64LE(0))
  const header: unknown = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength))
  const entries = new Map(Object.entries(header ?? {}))
  const slice = (name: string, dtype: string, size: number, length: number): ArrayBuffer => {
    const entry: unknown = entries.get(name)
    const offsets =
      entry !== null && typeof entry === 'object' && 'data_offsets' in entry && 'dtype' in entry && entry.dtype === dtype
        ? entry.data_offsets
        : null
    const [from, to] = Array.isArray(offsets) ? offsets.map(Number) : []
    if (from === undefined || to === undefined || to - from !== length * size)
      throw new Error(`expected ${length} values of ${dtype} named ${name}`)
    // Copied, so that the array is aligned and does not keep the whole file alive.
    const start = bytes.byteOffset + 8 + headerLength
    return bytes.buffer.slice(start + from, start + to) as ArrayBuffer
  }
  return {
    notes: Object.fromEntries(Object.entries(entries.get('__metadata__') ?? {}).map(([key, value]) => [key, String(value)])),
    f32: (name, length) => new Float32Array(slice(name, 'F32', 4, length)),
    i8: (name, length) => new Int8Array(slice(name, 'I8', 1, length)),
  }
}
