import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { checkModels } from '../../models/load.ts'
import type { DoctorReport } from '../contract/views.ts'
import type { Doctor, Volumes, WorkerPool } from '../core/ports.ts'

type Check = DoctorReport['checks'][number]

/** What the clip part cannot do without, and what makes it better. */
const wantedFilters = ['scale', 'crop', 'loudnorm', 'format', 'fps', 'pad']
const niceFilters = ['zscale', 'tonemap', 'vidstabdetect']

/** Looks at this machine: runtime, ffmpeg, models, SQLite, disk. Asked once, kept for a minute. */
export function createDoctor(options: {
  pool: WorkerPool
  volumes: Volumes
  modelsDir: string
  libraryDir: string | null
  electron: () => Promise<Check>
}): Doctor {
  let kept: { at: number; report: Promise<DoctorReport> } | null = null
  const look = async (): Promise<DoctorReport> => {
    const checks = [
      node(),
      sqlite(),
      ...(await video(options.pool)),
      ...(await models(options.modelsDir)),
      await options.electron(),
      ...(await disk(options)),
    ]
    return { ok: checks.every((check) => check.state !== 'missing'), checks }
  }
  return {
    report() {
      if (kept === null || Date.now() - kept.at > 60_000) kept = { at: Date.now(), report: look() }
      return kept.report
    },
  }
}

function node(): Check {
  const fine = Number(process.versions.node.split('.')[0]) >= 24
  return {
    name: 'Node',
    state: fine ? 'ok' : 'missing',
    found: `${process.version} (${process.platform}-${process.arch})`,
    next: fine ? null : 'Run through npm (npm run …): it puts the pinned Node 24 first.',
  }
}

function sqlite(): Check {
  const db = new DatabaseSync(':memory:')
  try {
    return { name: 'SQLite', state: 'ok', found: String(db.prepare('select sqlite_version() as v').get()?.['v']), next: null }
  } finally {
    db.close()
  }
}

async function video(pool: WorkerPool): Promise<Check[]> {
  const reply = await pool.run('cut.tools', {}, { signal: AbortSignal.timeout(30_000) })
  if (reply.kind !== 'done')
    return [
      {
        name: 'ffmpeg',
        state: 'missing',
        found: reply.kind === 'refused' ? reply.because : 'no answer',
        next: 'Install ffmpeg, or set DROPCARD_FFMPEG to its path.',
      },
    ]
  const { ffmpeg, ffprobe } = reply.out
  const missing = ffmpeg === null ? [] : wantedFilters.filter((name) => !ffmpeg.filters.includes(name))
  const nice = ffmpeg === null ? [] : niceFilters.filter((name) => !ffmpeg.filters.includes(name))
  const first: Check =
    ffmpeg === null
      ? {
          name: 'ffmpeg',
          state: 'missing',
          found: 'not found: photos work, clips do not',
          next: 'Install ffmpeg, or set DROPCARD_FFMPEG to its path.',
        }
      : {
          name: 'ffmpeg',
          state: missing.length > 0 ? 'missing' : 'ok',
          found: `${ffmpeg.version} (${ffmpeg.origin}: ${ffmpeg.path})${nice.length > 0 ? `, without ${nice.join(', ')}` : ''}`,
          next: missing.length > 0 ? `It lacks ${missing.join(', ')}: install a full ffmpeg, or set DROPCARD_FFMPEG.` : null,
        }
  const second: Check =
    ffprobe === null
      ? {
          name: 'ffprobe',
          state: 'missing',
          found: 'not found',
          next: 'Install ffmpeg (it brings ffprobe), or set DROPCARD_FFPROBE to its path.',
        }
      : { name: 'ffprobe', state: 'ok', found: `${ffprobe.version} (${ffprobe.origin}: ${ffprobe.path})`, next: null }
  return [first, second]
}

async function models(dir: string): Promise<Check[]> {
  return (await checkModels(dir)).map((model) => ({
    name: `Model ${model.name}`,
    state: model.state === 'ok' ? 'ok' : 'missing',
    found:
      model.state === 'ok'
        ? `sha256 ${model.sha256 ?? ''}`
        : model.state === 'missing'
          ? 'the file is not there'
          : `the file has another hash (${model.sha256 ?? 'unreadable'}) and is not used`,
    next: model.state === 'ok' ? null : 'Install Dropcard again: photos are scored without this model meanwhile.',
  }))
}

async function disk(options: { libraryDir: string | null; volumes: Volumes }): Promise<Check[]> {
  const { libraryDir } = options
  if (libraryDir === null) return []
  const free = await options.volumes.freeBytes(libraryDir)
  const writable = await mkdir(libraryDir, { recursive: true })
    .then(() => access(libraryDir, constants.W_OK))
    .then(() => true)
    .catch(() => false)
  const low = free !== null && free < 5e9
  return [
    {
      name: 'Library disk',
      state: !writable ? 'missing' : low ? 'warning' : 'ok',
      found: `${libraryDir}: ${free === null ? 'free space unknown' : `${(free / 1e9).toFixed(1)} GB free`}${writable ? '' : ', not writable'}`,
      next: !writable ? 'Choose a library folder that may be written.' : low ? 'Free some space before the next card.' : null,
    },
  ]
}
