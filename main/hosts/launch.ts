import { spawn } from 'node:child_process'
import { styleText } from 'node:util'
import { buildApp, builtApp } from './launch/build.ts'
import { findElectron } from './launch/find-electron.ts'

export { findElectron } from './launch/find-electron.ts'

const help = `Opens Dropcard.

  npm start -- [--library <dir>]

  --library <dir>   the library to open (default: the app's own folder)
  --help            this text

Environment:
  ELECTRON_OVERRIDE_DIST_PATH   an unpacked Electron to use
  DROPCARD_CACHE                where a fetched Electron is kept (default: ~/.cache/dropcard)
`

/** Builds the window if needed, finds an Electron, runs it. Resolves with the exit code: 0 fine, 1 wrong use, 3 it could not be opened. */
export async function launch(args: string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(help)
    return 0
  }
  const wrong = wrongUse(args)
  if (wrong !== null) {
    process.stderr.write(`${wrong}\n\n${help}`)
    return 1
  }
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    return refuse(
      'there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set',
      'start it from a desktop session. Without one, npm run demo does the main job without a window, and xvfb-run -a npm start opens it on a virtual display',
    )
  }
  const built = await buildApp(say)
  if (!built.ok) return refuse(built.because, built.next)
  const electron = await findElectron({ log: say })
  if (!electron.ok) return refuse(electron.because, electron.next)
  say(`Electron ${electron.version ?? '(version unknown)'} from ${electron.origin}: ${electron.path}`)
  if (electron.warning !== null) say(electron.warning)

  const code = await run(electron.path, [...electron.args, builtApp, ...args])
  if (code !== 127) return code
  return refuse(
    'Electron did not start: a system library is missing (named above)',
    'on Debian and Ubuntu: sudo apt-get install libgtk-3-0 libnss3 libasound2 libgbm1 libxss1',
  )
}

function wrongUse(args: string[]): string | null {
  const rest = [...args]
  while (rest.length > 0) {
    const word = rest.shift()
    if (word === '--library') {
      const folder = rest.shift()
      if (folder === undefined || folder.startsWith('-')) return '--library needs a folder'
    } else if (!word?.startsWith('--')) return `expected an option, got ${JSON.stringify(word)}`
  }
  return null
}

function run(path: string, args: string[]): Promise<number> {
  // a shell that was itself started from Electron leaves this set, and Electron would then start as a plain Node
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env
  return new Promise((resolve) => {
    const child = spawn(path, args, { stdio: 'inherit', env })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
    child.on('error', (error) => resolve(refuse(`Electron did not start: ${error.message}`, 'delete the folder it is in and try again')))
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 3)))
  })
}

function say(line: string): void {
  process.stderr.write(`${styleText('dim', 'dropcard')} ${line}\n`)
}

function refuse(because: string, next: string): number {
  process.stderr.write(`The window cannot be opened: ${because}.\nNext: ${next}.\n`)
  return 3
}

if (import.meta.main) process.exitCode = await launch(process.argv.slice(2))
