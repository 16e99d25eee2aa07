import { copyFile, writeFile } from 'node:fs/promises'
import { basename, extname, isAbsolute, join } from 'node:path'
import { app, type BrowserWindow, dialog, shell } from 'electron'
import { commands } from '../../contract/ipc.ts'
import { toWire } from '../../core/errors.ts'
import type { Shell } from './door.ts'
import { saveAt } from './save.ts'
import type { Supervisor } from './supervisor.ts'
import type { TestSwitches } from './switches.ts'

/** Saving to a place that a person chooses in the system's dialog. The page names neither the place nor the file that is copied there. */
export function createSaving(parts: {
  window: () => BrowserWindow | null
  engine: Supervisor
  testing: TestSwitches
  opened: (path: string) => boolean
}): Pick<Shell, 'shell.saveText' | 'shell.savePoster' | 'shell.showSaved'> {
  /** What was saved since the start: only that is shown. */
  const saved = new Set<string>()
  const ask = async (name: string, kind: string): Promise<string | null> => {
    if (parts.testing.saveTo !== null) return join(parts.testing.saveTo, name)
    const options = { defaultPath: join(app.getPath('documents'), name), filters: [{ name: kind, extensions: [extname(name).slice(1)] }] }
    const window = parts.window()
    const chosen = window === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(window, options)
    return chosen.canceled || chosen.filePath === '' ? null : chosen.filePath
  }
  const save = async (name: string, kind: string, write: (part: string) => Promise<void>) => {
    try {
      const path = await ask(name, kind)
      if (path !== null) {
        await saveAt(path, write)
        saved.add(path)
      }
      return { ok: true as const, value: { path } }
    } catch (error) {
      return { ok: false as const, error: toWire(error) }
    }
  }
  return {
    'shell.saveText': ({ name, text }) => save(name, extname(name).slice(1).toUpperCase(), (part) => writeFile(part, text)),
    'shell.savePoster': async (input) => {
      const reply = await parts.engine.call('poster.make', input)
      if (!reply.ok) return reply
      const { path, address } = commands['poster.make'].out.parse(reply.value)
      if (!isAbsolute(path) || extname(path) !== '.pdf')
        return { ok: false, error: { code: 'internal', message: 'The poster is not a PDF.', next: null, retryable: false } }
      const done = await save(basename(path), 'PDF', (part) => copyFile(path, part))
      return done.ok ? { ok: true, value: { ...done.value, address } } : done
    },
    'shell.showSaved': async ({ path }) => {
      if (!saved.has(path))
        return {
          ok: false,
          error: { code: 'not-found', message: 'This was not saved here.', next: 'Save it again.', retryable: false },
        }
      if (!parts.opened(path)) shell.showItemInFolder(path)
      return { ok: true, value: {} }
    },
  }
}
