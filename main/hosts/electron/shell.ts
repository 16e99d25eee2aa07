import { appendFileSync, existsSync } from 'node:fs'
import { extname, isAbsolute } from 'node:path'
import { app, type BrowserWindow, dialog, nativeImage, shell } from 'electron'
import { commands } from '../../contract/ipc.ts'
import type { ErrorCode, Reply } from '../../contract/reply.ts'
import type { Shell } from './door.ts'
import { createSaving } from './save-dialog.ts'
import type { Supervisor } from './supervisor.ts'
import type { TestSwitches } from './switches.ts'

/** The commands that need a dialog, the desktop or the supervisor. */
export function createShell(parts: {
  window: () => BrowserWindow | null
  engine: Supervisor
  logPath: string
  testing: TestSwitches
}): Shell {
  const { engine, testing } = parts
  return {
    'shell.chooseFolder': async () => {
      if (testing.chooseFolder !== null) return { ok: true, value: { path: testing.chooseFolder } }
      const window = parts.window()
      const options = { title: 'Choose a card or a folder', properties: ['openDirectory' as const] }
      const chosen = window === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(window, options)
      return { ok: true, value: { path: chosen.canceled ? null : (chosen.filePaths[0] ?? null) } }
    },
    'shell.openCatalog': async ({ catalog }) => {
      const reply = await engine.call('publish.state', { catalog })
      if (!reply.ok) return reply
      const { page } = commands['publish.state'].out.parse(reply.value)
      if (page === null || !existsSync(page)) return refuse('not-found', 'This catalog has no page yet.', 'Publish something first.')
      if (!isAbsolute(page) || extname(page) !== '.html')
        return refuse('invalid-input', 'The catalog named a page that is not a page.', null)
      const problem = await open(page)
      if (problem !== '') return refuse('unavailable', `The system would not open the page: ${problem}`, `Open it yourself: ${page}`)
      return { ok: true, value: { opened: page } }
    },
    'shell.dragOut': async ({ assetIds }) => {
      const reply = await engine.call('asset.originals', { assetIds })
      if (!reply.ok) return reply
      const { paths, thumb } = commands['asset.originals'].out.parse(reply.value)
      const [file] = paths
      if (file === undefined || !paths.every(isAbsolute))
        return refuse('not-found', 'The original is missing.', 'Check the originals in Settings.')
      if (testing.opened !== null) appendFileSync(testing.opened, `${paths.join('\n')}\n`)
      else {
        const picture = thumb === null ? nativeImage.createEmpty() : nativeImage.createFromPath(thumb)
        const icon = picture.isEmpty() ? await app.getFileIcon(file) : picture.resize({ height: 96 })
        parts.window()?.webContents.startDrag({ file, files: paths, icon })
      }
      return { ok: true, value: {} }
    },
    'shell.showExport': async ({ exportId }) => {
      const reply = await engine.call('clip.exported', { exportIds: [exportId] })
      if (!reply.ok) return reply
      const [file] = commands['clip.exported'].out.parse(reply.value).files
      if (file === undefined || !isAbsolute(file.path))
        return refuse('not-found', 'This clip is not in its folder any more.', 'Export it again.')
      if (!noted(file.path)) shell.showItemInFolder(file.path)
      return { ok: true, value: {} }
    },
    ...createSaving({ window: parts.window, engine, testing, opened: noted }),
    'shell.showLog': async () => {
      if (!noted(parts.logPath)) shell.showItemInFolder(parts.logPath)
      return { ok: true, value: {} }
    },
    'shell.engineState': async () => ({ ok: true, value: engine.state() }),
  }

  /** In a test nothing is opened: it is written down. */
  function noted(path: string): boolean {
    if (testing.opened !== null) appendFileSync(testing.opened, `${path}\n`)
    return testing.opened !== null
  }

  async function open(path: string): Promise<string> {
    return noted(path) ? '' : shell.openPath(path)
  }
}

function refuse(code: ErrorCode, message: string, next: string | null): Reply<never> {
  return { ok: false, error: { code, message, next, retryable: false } }
}
