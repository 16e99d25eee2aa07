/** Bytes to send, both ends inclusive. */
export type ByteRange = { start: number; end: number }

/**
 * Reads a Range header against a file of `size` bytes (RFC 9110 §14).
 *
 * @returns `whole` when there is none, when it is not one plain byte range, or when it cannot be read (a server may ignore those);
 *   `unsatisfiable` when it lies outside of the file
 */
export function parseRange(header: string | null, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '')
  if (match === null) return 'whole'
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return 'whole'
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < start) return 'whole'
  return start >= size ? 'unsatisfiable' : { start, end }
}
