import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import colors from 'picocolors'
import type { CommandOut } from '../../contract/ipc.ts'
import { type ClipLook, clipLook } from '../../contract/views.ts'
import { AppError, systemError } from '../../core/errors.ts'
import { cardOf } from '../../core/stages/off-card.ts'
import { type ExitCode, type Session, withEngine } from './session.ts'
import { plain } from './terminal.ts'

export const clipsHelp = `
Two ways: videos and --out make clips of these files, without a library; --library exports the clips of a library that were approved.
What is there already, was made in the same way and still passes is not made again: a run that was stopped goes on where it ended.
With --library, --title, --price and --qr take no text: they come from the product the take belongs to.
Exit codes: 0 fine · 1 wrong use · 2 some were refused or failed, each named · 3 none could be made`

export type ClipsOptions = {
  library?: string
  out?: string
  channel: string[]
  most: number
  min: number
  max: number
  aspect?: string
  reframe: string
  stabilise?: boolean
  silent?: boolean
  title?: string | boolean
  price?: string | boolean
  qr?: string | boolean
  captions?: boolean
  preview?: boolean
  all?: boolean
  dryRun?: boolean
  json?: boolean
}

/** What is wrong with how it was called, or null. */
export function clipsMisuse(videos: readonly string[], options: ClipsOptions): string | null {
  if ((options.library === undefined) === (videos.length === 0)) return 'name either videos or --library <dir>'
  if (options.library === undefined && options.out === undefined) return '--out <dir> is needed for videos'
  if (options.library === undefined && options.all === true) return '--all goes with --library'
  if (options.library === undefined && options.preview === true) return '--preview goes with --library'
  if (options.min > options.max) return '--min is longer than --max'
  for (const [name, value] of Object.entries({ title: options.title, price: options.price, qr: options.qr }))
    if (options.library === undefined ? value === true : typeof value === 'string')
      return options.library === undefined
        ? `--${name} needs its text`
        : `--${name} takes no text with --library: it comes from the product`
  return null
}

const lookOf = (options: ClipsOptions): ClipLook => {
  const parsed = clipLook.safeParse({
    aspect: options.aspect ?? null,
    reframe: options.reframe,
    stabilise: options.stabilise === true,
    sound: options.silent === true ? 'silent' : 'level',
    title: options.title === true,
    price: options.price === true,
    qr: options.qr === true,
    captions: options.captions === true,
    ...(options.preview === true ? { preview: true } : {}),
  })
  if (parsed.success) return parsed.data
  const what = parsed.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`).join('; ')
  throw new AppError('invalid-input', what, { next: 'Add --help to see what it takes.' })
}

const channelsOf = (options: ClipsOptions): string[] => (options.channel.length === 0 ? ['plain'] : options.channel)

/** `dropcard clips` */
export function clips(videos: string[], options: ClipsOptions): Promise<void> {
  if (options.library !== undefined) return withEngine({ ...options, mustExist: true }, (session) => fromLibrary(session, options))
  return withEngine({ json: options.json }, async (session) => {
    const { title: _title, price: _price, qr: _qr, preview: _preview, ...look } = lookOf(options)
    const text = (value: string | boolean | undefined): string | null => (typeof value === 'string' ? value : null)
    const overlay = { title: text(options.title), price: text(options.price), qr: text(options.qr) }
    const report = await session.call('clips.make', {
      paths: videos,
      outDir: options.out ?? '',
      channels: channelsOf(options),
      most: options.most,
      minUs: Math.round(options.min * 1e6),
      maxUs: Math.round(options.max * 1e6),
      look,
      overlay: Object.values(overlay).every((one) => one === null) ? null : overlay,
      dryRun: options.dryRun === true,
    })
    session.out.result(report, () => madeLines(report))
    const made = report.clips.some((clip) => clip.outputs.length > 0)
    const bad = report.refused.length > 0 || report.clips.some((clip) => clip.refused.length > 0)
    return !bad ? 0 : made ? 2 : 3
  })
}

const states = { made: '', have: ' (was there)', planned: ' (would be made)' } as const
const warned = (text: string): string => `${colors.yellow('!')} ${plain(text)}`

const madeLines = (report: CommandOut<'clips.make'>): string[] => [
  ...report.clips.flatMap((clip) => [
    `${Math.round(clip.score)}  ${plain(clip.source)}  ${(clip.inUs / 1e6).toFixed(2)}–${(clip.outUs / 1e6).toFixed(2)} s  ${plain(clip.reasons.join(', '))}`,
    ...clip.outputs.flatMap((one) => [
      `    ${one.channel}: ${plain(one.path)}${states[one.state]}`,
      ...one.notes.map((note) => colors.dim(`      ${plain(note)}`)),
    ]),
    ...clip.refused.map((one) => `    ${warned(`${one.channel}: ${one.because}`)}`),
  ]),
  ...report.refused.map((one) => warned(`${one.source}: ${one.because}`)),
]

/** Every page of takes, and the clips of them that are meant. */
async function meant(session: Session, isAll: boolean): Promise<string[]> {
  const ids: string[] = []
  let after: CommandOut<'clip.takes'>['takes'][number]['assetId'] | null = null
  for (;;) {
    const page: CommandOut<'clip.takes'> = await session.call('clip.takes', { after, limit: 500 })
    for (const clip of page.takes.flatMap((take) => take.clips))
      if (clip.choice === 'approved' || (isAll && clip.choice === 'undecided')) ids.push(clip.id)
    after = page.takes.at(-1)?.assetId ?? null
    if (!page.more || after === null) return ids
  }
}

async function fromLibrary(session: Session, options: ClipsOptions): Promise<ExitCode> {
  const { out } = session
  // Takes that came last may not have been looked through, and what a stopped run asked for goes on first.
  await session.call('engine.settle', {})
  const clipIds = await meant(session, options.all === true)
  if (clipIds.length === 0) {
    const next = options.all === true ? 'There is no clip in this library.' : 'Approve clips in the app, or use --all.'
    out.result({ plan: null, files: [], refused: [] }, () => ['No clip is approved.', next])
    return 0
  }
  const folder = options.out === undefined ? null : resolve(options.out)
  // A new folder is made; on a card none is, and the plan says so.
  if (folder !== null && options.dryRun !== true && (await cardOf(folder, resolve(options.library ?? ''))) === null)
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw systemError(error, 'The output folder') ?? error
    })
  const input = { channels: channelsOf(options), look: lookOf(options), folder }
  type Plan = CommandOut<'clip.exportPlan'>
  const plan: Plan = { make: [], have: [], refused: [], folders: [] }
  const exports: CommandOut<'clip.export'>['exports'] = []
  for (let at = 0; at < clipIds.length; at += 2000) {
    const some = clipIds.slice(at, at + 2000) as Parameters<typeof session.call<'clip.exportPlan'>>[1]['clipIds']
    const part = await session.call('clip.exportPlan', { ...input, clipIds: some })
    plan.make.push(...part.make)
    plan.have.push(...part.have)
    plan.refused.push(...part.refused)
    plan.folders = part.folders
    if (options.dryRun !== true) exports.push(...(await session.call('clip.export', { ...input, clipIds: some })).exports)
  }
  if (options.dryRun === true) {
    out.result({ dryRun: true, plan }, () => [
      ...plan.make.map((one) => `would be made: ${plain(one.file)}`),
      ...plan.have.map((one) => colors.dim(`there: ${plain(one.file)}`)),
      ...plan.refused.map((one) => warned(`${one.name}: ${one.because}`)),
    ])
    return plan.refused.length === 0 ? 0 : 2
  }
  await session.call('engine.settle', {})
  const ids = new Set(exports.map((one) => one.id))
  const ended = (await session.call('clip.exports', { limit: 10_000 })).filter((one) => ids.has(one.id))
  const files = ended.length === 0 ? [] : (await session.call('clip.exported', { exportIds: [...ids] })).files
  const failed = ended.filter((one) => one.state !== 'done')
  const result = {
    dryRun: false,
    plan,
    files: files.map((one) => ({ ...one, channel: ended.find((done) => done.id === one.exportId)?.channel ?? '' })),
    refused: [
      ...plan.refused,
      ...failed.map((one) => ({
        clipId: one.clipId,
        channel: one.channel,
        name: one.clipId,
        rule: null,
        because: one.because ?? one.state,
        next: null,
      })),
    ],
  }
  out.result(result, () => [...files.map((one) => plain(one.path)), ...result.refused.map((one) => warned(`${one.name}: ${one.because}`))])
  return result.refused.length === 0 ? 0 : files.length === 0 ? 3 : 2
}
