import { join } from 'node:path'
import { app, type BrowserWindow, dialog, ipcMain, nativeTheme, session, shell } from 'electron'
import { createLog } from '../../adapters/log.ts'
import { places as pictures } from '../../core/library/places.ts'
import { createDoor } from './door.ts'
import { createMedia } from './media.ts'
import { setMenu } from './menu.ts'
import { createNotices } from './notices.ts'
import { callChannel, eventChannel } from './origin.ts'
import { createPage } from './page.ts'
import { places } from './places.ts'
import { declareSchemes, serveSchemes } from './scheme.ts'
import { secretKey } from './secret-key.ts'
import { lockContents, lockSession } from './security.ts'
import { createShell } from './shell.ts'
import { superviseEngine } from './supervisor.ts'
import { libraryArgument, testSwitches } from './switches.ts'
import { openWindow } from './window.ts'

declareSchemes()
app.setName('Dropcard')
// run from a checkout, Electron would name this folder after itself
app.setPath('userData', app.commandLine.getSwitchValue('user-data-dir') || join(app.getPath('appData'), 'Dropcard'))
app.setAppLogsPath(process.platform === 'darwin' ? undefined : join(app.getPath('userData'), 'logs'))

if (app.requestSingleInstanceLock()) run()
else {
  console.error('Dropcard is already open: its window was brought to the front.')
  app.quit()
}

/** Puts the parts together; each of them says what it does. */
function run(): void {
  const log = createLog(join(app.getPath('logs'), 'dropcard.log'), { onProblem: (because) => console.error(because) })
  process.on('uncaughtException', (error) => {
    log.error('a mistake nobody caught', { error })
    dialog.showErrorBox('Dropcard has to close', `${error.message}\n\nThe log says more: ${log.path}`)
    app.exit(1)
  })
  process.on('unhandledRejection', (error) => log.error('a rejection nobody caught', { error }))

  const testing = testSwitches(app.isPackaged, process.env)
  const where = places(__dirname, app.isPackaged, process.resourcesPath)
  const library = libraryArgument(process.argv, process.cwd()) ?? join(app.getPath('userData'), 'library')
  log.info('Dropcard opens', { electron: process.versions.electron, chrome: process.versions.chrome, library, packaged: app.isPackaged })

  lockContents(log)
  nativeTheme.themeSource = 'system'
  const key = secretKey(join(app.getPath('userData'), 'secrets.key'), log)
  // Compiled code is kept beside the window's own: the engine and its threads then start in 0.6 of the time (https://nodejs.org/api/module.html#module-compile-cache).
  const env = { NODE_COMPILE_CACHE: join(app.getPath('userData'), 'engine-code'), ...(key === null ? {} : { DROPCARD_KEY: key }) }
  const engine = superviseEngine({ node: where.node, entry: testing.engine ?? where.engine, args: ['--library', library], env, log })

  let window: BrowserWindow | null = null
  const show = () => {
    if (window === null) return open()
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }
  const notice = createNotices({ window: () => window, show, log, testing })
  engine.onEvent((name, event) => {
    if (name === 'notice') notice(event)
    if (window !== null && !window.isDestroyed()) window.webContents.send(eventChannel, name, event)
  })
  const door = createDoor({ engine, shell: createShell({ window: () => window, engine, logPath: log.path, testing }), log })
  ipcMain.handle(callChannel, (event, name: unknown, input: unknown) => door(event.senderFrame, name, input))

  const open = () => {
    window = openWindow({ preload: where.preload, statePath: join(app.getPath('userData'), 'window.json'), log })
    window.on('closed', () => {
      window = null
    })
  }
  app.on('second-instance', show)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })

  let closed = false
  app.on('will-quit', (event) => {
    if (closed) return
    event.preventDefault()
    void Promise.resolve(engine[Symbol.asyncDispose]())
      .catch((error: unknown) => log.error('the engine did not close', { error }))
      .finally(() => {
        closed = true
        log.info('Dropcard closed')
        // not in this turn: Electron ignores a quit inside of the one it was told to wait with
        setImmediate(() => app.quit())
      })
  })

  void app.whenReady().then(() => {
    serveSchemes({
      page: createPage(where.renderer),
      media: createMedia({ engine, log, made: (id, rendition) => join(library, pictures.cache(id, rendition)) }),
    })
    lockSession(session.defaultSession, log)
    setMenu({ showLog: () => shell.showItemInFolder(log.path), restartEngine: () => engine.restart() })
    open()
    app.on('activate', () => {
      if (window === null) open()
    })
  })
}
