import exifr from 'exifr'

/**
 * What the camera wrote, believed only where it is possible. Impossible dates, orientations of the wrong type and absurd numbers become null.
 */
export type CameraFacts = {
  orientation: number
  capturedAt: string | null
  cameraMake: string | null
  cameraModel: string | null
  cameraSerial: string | null
  focalMm: number | null
  fNumber: number | null
  exposureS: number | null
  iso: number | null
}

/** One object for all files: the reader keeps for ever what it makes of every options object it is given. */
const wanted = {
  // XMP, ICC, IPTC and maker notes stay unread: entity bombs and profiles of random bytes live there.
  tiff: true,
  ifd0: { pick: ['Make', 'Model', 'Orientation', 'ModifyDate'] },
  exif: {
    pick: [
      'DateTimeOriginal',
      'CreateDate',
      'SubSecTimeOriginal',
      'SubSecTimeDigitized',
      'FocalLength',
      'FNumber',
      'ExposureTime',
      'ISO',
      'SerialNumber',
    ],
  },
  gps: false,
  interop: false,
  ifd1: false,
  xmp: false,
  icc: false,
  iptc: false,
  jfif: false,
  ihdr: false,
  makerNote: false,
  userComment: false,
  translateValues: false,
  reviveValues: false,
  sanitize: true,
  mergeOutput: true,
}

const nothing: CameraFacts = {
  orientation: 1,
  capturedAt: null,
  cameraMake: null,
  cameraModel: null,
  cameraSerial: null,
  focalMm: null,
  fNumber: null,
  exposureS: null,
  iso: null,
}

/** Reads EXIF from a whole file in memory. Never throws: unreadable metadata is a warning, not an end. */
export async function cameraFacts(bytes: Buffer): Promise<{ facts: CameraFacts; warnings: string[] }> {
  let tags: Record<string, unknown>
  try {
    const parsed: unknown = await exifr.parse(bytes, wanted)
    if (parsed === undefined || parsed === null) return { facts: nothing, warnings: [] }
    tags = Object.fromEntries(Object.entries(parsed))
  } catch (cause) {
    // A container the reader does not know (WebP, some RAW) is no damage.
    if (cause instanceof Error && /unknown file format/i.test(cause.message)) return { facts: nothing, warnings: [] }
    return { facts: nothing, warnings: ['The camera data in this file is damaged and was ignored.'] }
  }
  const warnings: string[] = []
  const orientation = tags['Orientation']
  const rawDate = tags['DateTimeOriginal'] ?? tags['CreateDate'] ?? tags['ModifyDate']
  const subseconds = tags['DateTimeOriginal'] === undefined ? tags['SubSecTimeDigitized'] : tags['SubSecTimeOriginal']
  const capturedAt = cameraTime(rawDate, subseconds)
  if (rawDate !== undefined && capturedAt === null) warnings.push('The capture time in this file is impossible and was ignored.')
  return {
    facts: {
      orientation:
        typeof orientation === 'number' && Number.isInteger(orientation) && orientation >= 1 && orientation <= 8 ? orientation : 1,
      capturedAt,
      cameraMake: words(tags['Make']),
      cameraModel: words(tags['Model']),
      cameraSerial: words(tags['SerialNumber']),
      focalMm: within(tags['FocalLength'], 0.1, 5000),
      fNumber: within(tags['FNumber'], 0.3, 256),
      exposureS: within(tags['ExposureTime'], 1e-7, 86400),
      iso: within(Array.isArray(tags['ISO']) ? tags['ISO'][0] : tags['ISO'], 1, 1e7),
    },
    warnings,
  }
}

/**
 * EXIF `YYYY:MM:DD HH:MM:SS` plus sub-second digits → camera wall-clock ISO without zone, milliseconds. Not shifted by any zone: 02:30 in a night
 * when clocks changed stays 02:30. null for blanks, zeros, 30 February, and years before digital cameras or far ahead.
 */
export function cameraTime(value: unknown, subseconds: unknown): string | null {
  if (typeof value !== 'string') return null
  const match = /^(\d{4})[:\-/](\d{2})[:\-/](\d{2})[ T](\d{2}):(\d{2}):(\d{2})/.exec(value.trim())
  if (!match) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  if (year < 1980 || year > 2098 || hour > 23 || minute > 59 || second > 59) return null
  const date = new Date(Date.UTC(year, month - 1, day))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null
  const digits =
    typeof subseconds === 'string' || typeof subseconds === 'number' ? /^\d{1,9}/.exec(String(subseconds).trim())?.[0] : undefined
  const ms = (digits ?? '').slice(0, 3).padEnd(3, '0')
  return `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}.${ms}`
}

function words(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  // Control characters, and direction overrides that could disguise a name on screen.
  const text = String(value)
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffd]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 100)
  return text === '' ? null : text
}

const within = (value: unknown, least: number, most: number): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most ? value : null
