import { useCards } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Cards } from './CardTile.tsx'
import { useWaysIn } from './ways-in.ts'

/** The first screen, while the library is empty: three ways in, nothing else. */
export function Welcome() {
  const ways = useWaysIn()
  const { data: cards = [] } = useCards()
  return (
    <div className="welcome">
      <header className="welcome-head">
        <h1>From camera card to shop page.</h1>
        <p>
          Dropcard copies your card, checks every byte, suggests the best frames and publishes the ones you pick. Nothing leaves this
          computer until you say so.
        </p>
      </header>
      {cards.length === 0 ? null : (
        <section className="welcome-cards" aria-labelledby="here">
          <h2 id="here">{cards.length === 1 ? 'A card is here' : `${cards.length} cards are here`}</h2>
          <Cards cards={cards} />
        </section>
      )}
      <ul className="ways" aria-label="Ways to begin">
        {cards.length > 0 ? null : (
          <li className="way">
            <span className="way-icon">
              <Icon name="card" size={28} />
            </span>
            <h2>Insert a card</h2>
            <p role="status">Watching for a camera card. It shows up here by itself.</p>
            <div className="way-act">
              <span className="watching">
                <span className="watching-dot" aria-hidden="true" />
                Watching
              </span>
            </div>
          </li>
        )}
        <li className="way">
          <span className="way-icon">
            <Icon name="folder" size={28} />
          </span>
          <h2>Use a folder</h2>
          <p>Photos and clips that are already on a disk. The folder itself is never changed.</p>
          <div className="way-act">
            <Button tone={cards.length > 0 ? 'plain' : 'primary'} onPress={() => void ways.chooseFolder()}>
              Choose a folder
            </Button>
          </div>
        </li>
        <li className="way">
          <span className="way-icon">
            <Icon name="sparkle" size={28} />
          </span>
          <h2>Just looking?</h2>
          <p>A small card with real photos and clips comes with Dropcard. It takes about a minute from start to shop page.</p>
          <div className="way-act">
            <Button onPress={() => void ways.trySample()}>Try the sample card</Button>
          </div>
        </li>
      </ul>
      <p className="welcome-foot">
        Press <kbd>?</kbd> at any time to see what the keyboard can do.
      </p>
    </div>
  )
}
