import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { createDecide, DecideContext } from './cull/decisions.ts'
import { followNotes } from './hand-over/follow-notes.ts'
import { keep, readKept } from './kept.ts'
import { listen } from './live.ts'
import { createQueries, LibraryContext } from './queries.ts'
import { createUi, UiContext } from './ui-state.ts'
import './ui/tokens.css'
import './ui/base.css'
import './ui/controls.css'
import './ui/dialogs.css'
import './ui/forms.css'
import './ui/shell.css'
import './offload/offload.css'
import './offload/cards.css'
import './offload/plan.css'
import './cull/grid.css'
import './cull/loupe.css'
import './cull/marks.css'
import './hand-over/hand-over.css'
import './products/arrange.css'
import './products/products.css'
import './drops/drops.css'
import './report/report.css'
import './shops/shops.css'
import './settings/keys.css'
import './settings/settings.css'
import './trash/trash.css'

const element = document.getElementById('root')
if (element === null) throw new Error('expected an element with the id "root" in index.html')

const door = window.dropcard
if (door === undefined) {
  element.textContent = 'This page is the window of Dropcard and only works inside the app. Start it with: npm start'
} else {
  const library = { door, pending: new Map() }
  const queries = createQueries()
  const ui = createUi(readKept(window.localStorage))
  keep(ui, window.localStorage, document.documentElement)
  listen(library, queries, ui)
  followNotes(door, window)
  createRoot(element).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <LibraryContext value={library}>
          <UiContext value={ui}>
            <DecideContext value={createDecide(library, queries, ui)}>
              <App />
            </DecideContext>
          </UiContext>
        </LibraryContext>
      </QueryClientProvider>
    </StrictMode>,
  )
}
