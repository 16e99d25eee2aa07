import { spawn } from 'node:child_process'
import { buildApp } from '../../../main/hosts/launch/build.ts'
import { findElectron } from '../../../main/hosts/launch/find-electron.ts'
import { systemLibraries } from '../../support/system-libraries.ts'

/**
 * Before all end-to-end suites: system libraries, the built window, an Electron, and a display if there is none.
 * Anything missing fails here, once, with the next step.
 */
export default async function desktop(): Promise<() => Promise<void>> {
  const say = (line: string) => process.stderr.write(`${line}\n`)
  const libraries = systemLibraries(say)
  if (!libraries.ok)
    throw new Error(
      `The desktop window cannot run: missing ${libraries.missing.join(', ')} (${libraries.because}). Next: ${libraries.next}`,
    )
  const built = await buildApp(say)
  if (!built.ok) throw new Error(`${built.because}. Next: ${built.next}`)
  const electron = await findElectron({ log: say })
  if (!electron.ok) throw new Error(`No Electron: ${electron.because}. Next: ${electron.next}`)
  say(`Electron ${electron.version ?? '(version unknown)'} from ${electron.origin}: ${electron.path}`)
  process.env['DROPCARD_E2E_ELECTRON'] = electron.path
  process.env['DROPCARD_E2E_ELECTRON_ARGS'] = JSON.stringify(electron.args)

  if (process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']) return async () => {}
  const display = await startDisplay()
  process.env['DISPLAY'] = display.name
  return display.stop
}

/** Xvfb picks a free number itself and tells it when it is ready. */
function startDisplay(): Promise<{ name: string; stop: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const xvfb = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp', '-noreset'], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    })
    let said = ''
    xvfb.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-1000)
    })
    const exited = new Promise<void>((over) => xvfb.once('exit', () => over()))
    xvfb.once('error', reject)
    void exited.then(() => reject(new Error(`Xvfb ended before it was ready: ${said}`)))
    let number = ''
    xvfb.stdio[3]?.on('data', (text: Buffer) => {
      number += text.toString()
      if (!number.includes('\n')) return
      const stop = () => {
        xvfb.kill()
        return exited
      }
      resolve({ name: `:${number.trim()}`, stop })
    })
  })
}
