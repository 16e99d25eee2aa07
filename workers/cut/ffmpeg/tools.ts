import { execa } from 'execa'
import { Refusal } from '../../protocol.ts'
import { type Candidate, candidates, settingOf, type ToolName } from './binaries.ts'

/** A program that was started once and answered. */
export type Probe = { path: string; version: string; origin: string }
/** ffmpeg with what this build can do; callers gate on it instead of guessing from a version. */
export type Ffmpeg = Probe & {
  filters: ReadonlySet<string>
  encoders: ReadonlySet<string>
  /** Options that keep every decoded frame, once, in order: `-vsync` was replaced by `-fps_mode` in 5.1. */
  everyFrame: readonly string[]
}
export type Tools = { ffmpeg: Ffmpeg | null; ffprobe: Probe | null }

const askOptions = { reject: false, stdin: 'ignore', timeout: 20_000, maxBuffer: 4_000_000 } as const

async function ask(path: string, args: string[]): Promise<string | null> {
  const result = await execa(path, ['-hide_banner', ...args], askOptions)
  return result.exitCode === 0 ? result.stdout : null
}

/** "ffmpeg version 7.1-static https://…" → "7.1-static". */
function versionOf(text: string, tool: ToolName): string | null {
  return new RegExp(`^${tool} version (\\S+)`).exec(text)?.[1] ?? null
}

/** Names in the second column of `-filters` / `-encoders`; the legend above the list has a "=" there. */
export function parseNames(text: string): Set<string> {
  const names = text.split('\n').map((line) => /^ [A-Z.|]{2,6}\s+([a-z0-9_]+)\s/i.exec(line)?.[1])
  return new Set(names.filter((name) => name !== undefined))
}

/** `-fps_mode` came with libavutil 57.28 (FFmpeg 5.1). Versions are read from the library list: git builds have no usable number. */
export function everyFrameOptions(versionText: string): readonly string[] {
  const [, major = '0', minor = '0'] = /libavutil\s+(\d+)\.\s*(\d+)/.exec(versionText) ?? []
  const modern = Number(major) > 57 || (Number(major) === 57 && Number(minor) >= 28)
  return modern ? ['-fps_mode', 'passthrough'] : ['-vsync', '0']
}

async function startFfmpeg({ path, origin }: Candidate): Promise<Ffmpeg | null> {
  const about = await ask(path, ['-version'])
  const version = about === null ? null : versionOf(about, 'ffmpeg')
  if (about === null || version === null) return null
  const [filters, encoders] = await Promise.all([ask(path, ['-filters']), ask(path, ['-encoders'])])
  return {
    path,
    origin,
    version,
    filters: parseNames(filters ?? ''),
    encoders: parseNames(encoders ?? ''),
    everyFrame: everyFrameOptions(about),
  }
}

async function startFfprobe({ path, origin }: Candidate): Promise<Probe | null> {
  const about = await ask(path, ['-version'])
  const version = about === null ? null : versionOf(about, 'ffprobe')
  return version === null ? null : { path, origin, version }
}

async function first<T>(tool: ToolName, env: NodeJS.ProcessEnv, start: (candidate: Candidate) => Promise<T | null>): Promise<T | null> {
  for (const candidate of await candidates(tool, env)) {
    const found = await start(candidate).catch(() => null)
    if (found !== null) return found
    if (candidate.origin === 'setting')
      throw new Refusal(
        'unavailable',
        `${settingOf[tool]} is set to ${candidate.path}, but no ${tool} answers there: correct the setting, or remove it to use the ${tool} Dropcard brings along`,
      )
  }
  return null
}

export async function findTools(env: NodeJS.ProcessEnv): Promise<Tools> {
  const [ffmpeg, ffprobe] = await Promise.all([first('ffmpeg', env, startFfmpeg), first('ffprobe', env, startFfprobe)])
  return { ffmpeg, ffprobe }
}

/**
 * The search starts five programs, so its answer is kept for the life of the thread. This is the folder's only state: it is filled on
 * first use, and searched again when a setting that decides it has changed or the search failed.
 */
let kept: { key: string; tools: Promise<Tools> } | null = null

export function tools(): Promise<Tools> {
  const key = [settingOf.ffmpeg, settingOf.ffprobe, 'PATH'].map((name) => process.env[name] ?? '').join('\0')
  if (kept?.key !== key) kept = { key, tools: findTools(process.env) }
  const asked = kept
  return asked.tools.catch((error: unknown) => {
    if (kept === asked) kept = null
    throw error
  })
}

const next = (tool: ToolName): string => `install ${tool}, or set ${settingOf[tool]} to the path of one`

export async function needFfmpeg(): Promise<Ffmpeg> {
  const { ffmpeg } = await tools()
  if (ffmpeg === null) throw new Refusal('unavailable', `no ffmpeg on this computer: ${next('ffmpeg')}`)
  return ffmpeg
}
