import { useEffect } from 'react'
import { Clips } from './clips/Clips.tsx'
import { Cull } from './cull/Cull.tsx'
import { useDecide } from './cull/decisions.ts'
import { Drops } from './drops/Drops.tsx'
import { useKeys } from './keyboard.ts'
import { Offload } from './offload/Offload.tsx'
import { Running } from './offload/Running.tsx'
import { Products } from './products/Products.tsx'
import { Report } from './report/Report.tsx'
import { Settings } from './settings/Settings.tsx'
import { Shops } from './shops/Shops.tsx'
import { Trash } from './trash/Trash.tsx'
import { EngineBanner } from './ui/banner.tsx'
import { Help } from './ui/help.tsx'
import { Spoken, Toasts } from './ui/toasts.tsx'
import { TopBar } from './ui/topbar.tsx'
import { type Screen, useUi, useUiStore } from './ui-state.ts'

const screens: Record<Screen, () => React.ReactNode> = {
  offload: Offload,
  cull: Cull,
  clips: Clips,
  products: Products,
  shops: Shops,
  drops: Drops,
  report: Report,
  settings: Settings,
  trash: Trash,
}

export function App() {
  const ui = useUiStore()
  const decide = useDecide()
  const screen = useUi((state) => state.screen)
  const Shown = screens[screen]
  useEffect(() => {
    document.title = screen === 'cull' ? 'Dropcard' : `Dropcard: ${screen}`
  }, [screen])
  useKeys(['anywhere'], {
    help: () => ui.getState().set({ help: true }),
    undo: () => void decide.undo(),
    redo: () => void decide.redo(),
    goOffload: () => ui.getState().set({ screen: 'offload' }),
    goCull: () => ui.getState().set({ screen: 'cull' }),
    goClips: () => ui.getState().set({ screen: 'clips' }),
    goProducts: () => ui.getState().set({ screen: 'products' }),
    goShops: () => ui.getState().set({ screen: 'shops' }),
    goDrops: () => ui.getState().set({ screen: 'drops' }),
    goReport: () => ui.getState().set({ screen: 'report' }),
    goSettings: () => ui.getState().set({ screen: 'settings' }),
    goTrash: () => ui.getState().set({ screen: 'trash' }),
  })
  return (
    <div className="app">
      <TopBar />
      <EngineBanner />
      <Running />
      <main className="screen" aria-label={screen}>
        <Shown />
      </main>
      <Toasts />
      <Help />
      <Spoken />
    </div>
  )
}
