import { contextBridge, ipcRenderer } from 'electron'
import { callChannel, eventChannel } from './electron/origin.ts'

/** All the window gets: one call, one subscription. What may be called, and with what, is decided at the door. */
contextBridge.exposeInMainWorld('dropcard', {
  call: (name: string, input: unknown): Promise<unknown> => ipcRenderer.invoke(callChannel, name, input),
  on: (name: string, listener: (event: unknown) => void): (() => void) => {
    const hear = (_: unknown, announced: unknown, event: unknown) => {
      if (announced === name) listener(event)
    }
    ipcRenderer.on(eventChannel, hear)
    return () => {
      ipcRenderer.off(eventChannel, hear)
    }
  },
})
