/** One video file of a card or of the library, as far as it is known. `name` is the name it had on the card. */
export type Recorded = {
  id: string
  /** Folder on the card; chapters of one recording may lie in neighbouring folders only for makers who number the recording. */
  folder: string
  name: string
  /** ISO, with or without a zone; only differences between files of one card are used. null = unknown. */
  capturedAt: string | null
  durationUs: number | null
  bytes: number | null
}

type Place = {
  file: Recorded
  /** What the chapters of one recording share. */
  recording: string
  chapter: number
  /** 'numbered': the name says which chapter it is. 'split': only the next number after a full file. */
  kind: 'numbered' | 'split'
}

/** FAT32 ends a file at 4 GiB and some cameras at 2 or 4 GB; a full part is within 6 % below one of these. */
const limits = [2e9, 2 ** 31, 4e9, 2 ** 32] as const
const isFull = (bytes: number | null): boolean => bytes !== null && limits.some((limit) => bytes <= limit && bytes >= limit * 0.94)

/** How far clocks of neighbouring parts may stray from "one begins where the other ends". Seconds. */
const slack = 3

/**
 * Chapters of one recording, in order: groups of at least two asset ids; what stands alone is in none. Pure, in any order of input.
 *
 * - GoPro HERO6 and later `GH012345.MP4`, `GX022345.MP4` (chapter in digits 1–2, recording in the last four), HERO5 and earlier `GOPR1234.MP4`,
 *   `GP011234.MP4`: https://community.gopro.com/s/article/GoPro-Camera-File-Naming-Convention
 * - DJI, Canon, Sony, Panasonic and AVCHD (`00000.MTS`, `00001.MTS`): the next number, after a part that is full for its file system; clocks, where
 *   both are known, must say that one begins where the other ends. Without sizes the clocks alone must say so, for parts of a minute and longer.
 */
export function chapters(files: readonly Recorded[]): string[][] {
  const byRecording = new Map<string, Place[]>()
  for (const file of files) {
    const place = placeOf(file)
    if (place === null) continue
    const known = byRecording.get(place.recording)
    if (known === undefined) byRecording.set(place.recording, [place])
    else known.push(place)
  }
  return [...byRecording.values()].flatMap((places) =>
    runs(places.toSorted((a, b) => a.chapter - b.chapter || (a.file.id < b.file.id ? -1 : 1))).map((run) => run.map(({ file }) => file.id)),
  )
}

function placeOf(file: Recorded): Place | null {
  const dot = file.name.lastIndexOf('.')
  const stem = file.name.slice(0, dot)
  const ending = file.name.slice(dot + 1).toLowerCase()
  if (dot < 1 || !['mp4', 'mov', 'mts', 'm2ts', 'avi', '360'].includes(ending)) return null
  const join = (...parts: string[]): string => [file.folder, ...parts, ending].join('\0')
  const six = /^G([HXS])(\d{2})(\d{4})$/i.exec(stem)
  if (six?.[1] !== undefined && six[3] !== undefined)
    return { file, recording: join('G', six[1].toUpperCase(), six[3]), chapter: Number(six[2]), kind: 'numbered' }
  const first = /^GOPR(\d{4})$/i.exec(stem)
  if (first?.[1] !== undefined) return { file, recording: join('GOPR', first[1]), chapter: 0, kind: 'numbered' }
  const later = /^GP(\d{2})(\d{4})$/i.exec(stem)
  if (later?.[2] !== undefined) return { file, recording: join('GOPR', later[2]), chapter: Number(later[1]), kind: 'numbered' }
  // A DJI name may carry the time it was begun, which differs from part to part: DJI_20240131120000_0001_D.MP4.
  const dji = /^(DJI)_(?:\d{14}_)?(\d{4})(\D.*)?$/i.exec(stem)
  if (dji?.[2] !== undefined) return { file, recording: join('DJI', dji[3] ?? ''), chapter: Number(dji[2]), kind: 'split' }
  const counted = /^(.*?)(\d{3,6})$/.exec(stem)
  if (counted?.[2] === undefined) return null
  return { file, recording: join(counted[1] ?? '', String(counted[2].length)), chapter: Number(counted[2]), kind: 'split' }
}

function runs(places: readonly Place[]): Place[][] {
  const found: Place[][] = []
  let run: Place[] = []
  for (const place of places) {
    const before = run.at(-1)
    if (before !== undefined && follows(before, place, run)) run.push(place)
    else {
      if (run.length > 1) found.push(run)
      run = [place]
    }
  }
  return run.length > 1 ? [...found, run] : found
}

function follows(before: Place, next: Place, run: readonly Place[]): boolean {
  if (next.chapter !== before.chapter + 1) return false
  const clock = clockSays(before.file, next.file)
  if (next.kind === 'numbered') {
    // Some write the start of the whole recording into each of its chapters.
    const start = run[0] === undefined ? null : apart(run[0].file, next.file)
    return clock !== false || (start !== null && Math.abs(start) <= slack)
  }
  if (before.file.bytes === null) return clock === true && (before.file.durationUs ?? 0) >= 60_000_000
  return isFull(before.file.bytes) && clock !== false
}

/** Seconds from one start to the other, or null. */
function apart(a: Recorded, b: Recorded): number | null {
  if (a.capturedAt === null || b.capturedAt === null) return null
  const gap = (Date.parse(b.capturedAt) - Date.parse(a.capturedAt)) / 1000
  return Number.isFinite(gap) ? gap : null
}

/** Whether one begins where the other ends; null when a time or a length is unknown. Clocks note the start or the end of a file: either may fit. */
function clockSays(before: Recorded, next: Recorded): boolean | null {
  const gap = apart(before, next)
  if (gap === null || before.durationUs === null) return null
  const lengths = next.durationUs === null ? [before.durationUs] : [before.durationUs, next.durationUs]
  return lengths.some((us) => Math.abs(gap - us / 1e6) <= slack)
}
