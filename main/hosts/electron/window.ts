import { app, BrowserWindow, nativeTheme, screen } from 'electron'
import type { Log } from '../../core/ports.ts'
import { appUrl } from './origin.ts'
import { fitToScreens, readWindowState, writeWindowState } from './window-state.ts'

/** Opens the one window: where it was, in the colours of the system, without a flash of white. */
export function openWindow(options: { preload: string; statePath: string; log: Log }): BrowserWindow {
  const { log, statePath } = options
  const state = fitToScreens(
    readWindowState(statePath),
    screen.getAllDisplays().map((display) => display.workArea),
  )
  const window = new BrowserWindow({
    title: 'Dropcard',
    show: false,
    width: state.width,
    height: state.height,
    ...(state.x === null || state.y === null ? {} : { x: state.x, y: state.y }),
    minWidth: 720,
    minHeight: 520,
    backgroundColor: background(),
    autoHideMenuBar: true,
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  })
  if (state.maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => {
    const { x, y, width, height } = window.getNormalBounds()
    writeWindowState(statePath, { x, y, width, height, maximized: window.isMaximized() })
  })

  const recolour = () => window.setBackgroundColor(background())
  nativeTheme.on('updated', recolour)
  window.on('closed', () => nativeTheme.off('updated', recolour))

  let crashes = 0
  window.webContents.on('render-process-gone', (_event, details) => {
    log.error('the page ended', { reason: details.reason, exitCode: details.exitCode })
    if (details.reason === 'clean-exit' || window.isDestroyed()) return
    crashes += 1
    if (crashes <= 3) void window.loadURL(appUrl)
  })
  window.on('unresponsive', () => log.warn('the page does not respond'))
  void window.loadURL(appUrl).catch((error: unknown) => log.error('the page could not be loaded', { error }))
  return window
}

const background = (): string => (nativeTheme.shouldUseDarkColors ? '#16181c' : '#f6f6f4')
