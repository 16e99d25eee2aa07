const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters in file names are what this removes
const unsafe = /[\u0000-\u001f\u007f-\u009f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]/g

/**
 * A name that every file system here takes: no control, bidi or separator characters, no device names, no trailing dots or spaces,
 * at most 120 bytes of UTF-8 before the ending. The ending is kept.
 */
export function safeName(name: string): string {
  const clean = name
    .normalize('NFC')
    .replace(unsafe, '_')
    .trim()
    .replace(/[. ]+$/, '')
  const dot = clean.lastIndexOf('.')
  const stem = dot > 0 ? clean.slice(0, dot) : clean
  const end = dot > 0 ? clean.slice(dot) : ''
  let short = stem
  while (Buffer.byteLength(short) > 120) short = short.slice(0, -1)
  const whole = `${short}${end.length > 12 ? '' : end}`
  const named = whole === '' || /^\.+$/.test(whole) ? '_' : whole
  return reserved.test(named) || named.startsWith('.') || named.startsWith('-') ? `_${named}` : named
}

/** The name as people see it: control and bidi characters made visible. */
export const shownName = (name: string): string => name.replace(unsafe, '�')

/** `IMG_0001.JPG`, 2 → `IMG_0001~2.JPG` */
export function numbered(name: string, n: number): string {
  if (n < 2) return name
  const dot = name.lastIndexOf('.')
  return dot > 0 ? `${name.slice(0, dot)}~${n}${name.slice(dot)}` : `${name}~${n}`
}

/** A URL-safe handle from a title; never empty. */
export const slug = (title: string): string =>
  title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'product'
