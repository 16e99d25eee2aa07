import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { z } from 'zod'

/** Where a program was found; the order of the names is the order of the search. */
export type Origin = 'setting' | 'ffmpeg-static' | 'PATH' | '@ffmpeg-installer' | '@ffprobe-installer'
export type Candidate = { path: string; origin: Origin }

export type ToolName = 'ffmpeg' | 'ffprobe'
export const settingOf = { ffmpeg: 'DROPCARD_FFMPEG', ffprobe: 'DROPCARD_FFPROBE' } as const satisfies Record<ToolName, string>

/** The npm packages export the path itself or `{ path }`; both are parsed, since neither is ours. */
const exported = z.union([
  z.object({ default: z.string().min(1) }).transform((module) => module.default),
  z.object({ default: z.object({ path: z.string().min(1) }) }).transform((module) => module.default.path),
])

async function fromPackage(name: string): Promise<string | null> {
  try {
    // A package that is absent, or that has no build for this system, throws while loading: that is an ordinary "not here".
    return exported.parse(await import(name))
  } catch {
    return null
  }
}

async function fromPath(tool: ToolName, env: NodeJS.ProcessEnv): Promise<string | null> {
  const suffixes = process.platform === 'win32' ? ['.exe'] : ['']
  for (const folder of (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    for (const suffix of suffixes) {
      const path = join(folder, tool + suffix)
      if (await isRunnable(path)) return path
    }
  }
  return null
}

async function isRunnable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/**
 * Every place that may hold the program, best first: the user's setting, ffmpeg-static (no ffprobe in it), PATH, and the build that
 * ships inside the npm package. A setting, when there is one, is the only candidate: someone who names a program wants that one.
 */
export async function candidates(tool: ToolName, env: NodeJS.ProcessEnv): Promise<Candidate[]> {
  const setting = env[settingOf[tool]]
  if (setting !== undefined && setting !== '') return [{ path: setting, origin: 'setting' }]
  const bundled = tool === 'ffmpeg' ? '@ffmpeg-installer' : '@ffprobe-installer'
  const found: { path: string | null; origin: Origin }[] = [
    { path: tool === 'ffmpeg' ? await fromPackage('ffmpeg-static') : null, origin: 'ffmpeg-static' },
    { path: await fromPath(tool, env), origin: 'PATH' },
    { path: await fromPackage(`${bundled}/${tool}`), origin: bundled },
  ]
  const runnable: Candidate[] = []
  for (const { path, origin } of found) if (path !== null && (await isRunnable(path))) runnable.push({ path, origin })
  return runnable
}
