// A bare window for looking at web pages: the Chromium that is there anyway.
const { app, BrowserWindow } = require('electron')

app.on('window-all-closed', () => app.quit())
app
  .whenReady()
  .then(() =>
    new BrowserWindow({ width: 1280, height: 800, webPreferences: { sandbox: true, contextIsolation: true } }).loadURL('about:blank'),
  )
