import type { OffloadView } from '../../main/contract/views.ts'
import { useCards, useStatus } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { useUiStore } from '../ui-state.ts'
import { bytes, photosAndClips, plural } from '../words.ts'
import { Cards } from './CardTile.tsx'
import { stateWords } from './offload-words.ts'
import { useWaysIn } from './ways-in.ts'

const when = (instant: string): string => new Date(instant).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })

/** Cards that are here now, the other ways in, and what was offloaded before. */
export function Home({ offloads }: { offloads: OffloadView[] }) {
  const ui = useUiStore()
  const ways = useWaysIn()
  const { data: cards = [] } = useCards()
  const { data: status } = useStatus()
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Offload</h1>
          <p className="muted">{status === undefined ? '' : `${photosAndClips(status.photos, status.clips)} in the library.`}</p>
        </div>
        <div className="row">
          <Button onPress={() => void ways.trySample()}>Try the sample card</Button>
          <Button icon="folder" onPress={() => void ways.chooseFolder()}>
            Choose a folder
          </Button>
        </div>
      </header>

      <section aria-label="Cards">
        {cards.length === 0 ? (
          <div className="block card-none" role="status">
            <Icon name="card" size={24} />
            <div>
              <p>Insert a card</p>
              <p className="muted">Watching for a camera card. It shows up here by itself.</p>
            </div>
          </div>
        ) : (
          <Cards cards={cards} />
        )}
      </section>

      {offloads.length === 0 ? null : (
        <section className="block" aria-labelledby="earlier">
          <h2 id="earlier">Earlier offloads</h2>
          <ul className="history">
            {offloads.map((offload) => (
              <li key={offload.id}>
                <button type="button" className="history-line" onClick={() => ui.getState().set({ watching: offload.id })}>
                  <span className="grow">{offload.label}</span>
                  <span className="muted">{when(offload.startedAt)}</span>
                  <span className="muted num">{`${plural(offload.filesDone, 'file')}, ${bytes(offload.bytesDone)}`}</span>
                  <span className={`state state-${offload.state}`}>{stateWords[offload.state]}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}
