import type { CardChoice, Settings } from '../../main/contract/views.ts'
import { useSettingsActs } from '../change-settings.ts'
import { Clocks } from '../offload/Clocks.tsx'
import { SecondCopies, useChooseFolder } from '../offload/SecondCopies.tsx'
import { TemplateField } from '../offload/TemplateField.tsx'
import { VerifyChoice } from '../offload/VerifyChoice.tsx'
import { useCards, useSettings } from '../queries.ts'
import { playTone } from '../tone.ts'
import { Button, IconButton, Switch } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Loading, Problem } from '../ui/notice.tsx'

/** Everything about offloading that is remembered. */
export function OffloadSettings() {
  const settings = useSettings()
  return (
    <section className="block" aria-labelledby="offload-settings">
      <h2 id="offload-settings">Offload</h2>
      {settings.isError ? <Problem error={settings.error} onRetry={() => void settings.refetch()} /> : null}
      {settings.isPending ? <Loading what="Reading the settings…" /> : null}
      {settings.data === undefined ? null : <Lines settings={settings.data} />}
    </section>
  )
}

function Lines({ settings }: { settings: Settings }) {
  const { change } = useSettingsActs()
  return (
    <>
      <div className="setting-part">
        <h3>Where files go</h3>
        <TemplateField settings={settings} />
        <Clocks settings={settings} card={null} />
      </div>
      <div className="setting-part">
        <h3>Second copies</h3>
        <p className="muted">Every photo is also written to these folders. Another disk is best.</p>
        <SecondCopies settings={settings} />
      </div>
      <div className="setting-part">
        <VerifyChoice chosen={settings.verify} onChoose={(verify) => void change({ verify })} />
      </div>
      <div className="setting-part">
        <h3>When it is done</h3>
        <OnOff
          title="Eject the card"
          about="Only after every file is safe, and where the system allows it."
          isOn={settings.ejectWhenDone}
          onChange={(ejectWhenDone) => void change({ ejectWhenDone })}
        />
        <OnOff
          title="Show a notification"
          about="When this window is not in front."
          isOn={settings.notify}
          onChange={(notify) => void change({ notify })}
        />
        <OnOff
          title="Play a soft sound"
          about="Two short notes, together with the notification."
          isOn={settings.sound}
          onChange={(sound) => {
            if (sound) playTone()
            void change({ sound })
          }}
        />
      </div>
      <Watched settings={settings} />
      <Remembered settings={settings} />
    </>
  )
}

function OnOff({ title, about, isOn, onChange }: { title: string; about: string; isOn: boolean; onChange: (on: boolean) => void }) {
  return (
    <div className="setting">
      <div>
        <p>{title}</p>
        <p className="muted">{about}</p>
      </div>
      <Switch isSelected={isOn} onChange={onChange}>
        <span className="unseen">{title}</span>
      </Switch>
    </div>
  )
}

const mostWatched = 20

function Watched({ settings }: { settings: Settings }) {
  const { change } = useSettingsActs()
  const choose = useChooseFolder()
  const { watched } = settings
  return (
    <div className="setting-part">
      <h3>Watched folders</h3>
      <p className="muted">Where a phone or a cable to the camera drops photos. What arrives there is offloaded at once.</p>
      <div className="folders">
        <ul className="backups">
          {watched.map((folder) => (
            <li key={folder}>
              <Icon name="folder" />
              <span className="path grow">{folder}</span>
              <IconButton
                icon="cross"
                name={`Stop watching ${folder}`}
                onPress={() => void change({ watched: watched.filter((other) => other !== folder) })}
              />
            </li>
          ))}
        </ul>
        <Button
          icon="folder"
          isDisabled={watched.length >= mostWatched}
          onPress={() => void choose((folder) => (watched.includes(folder) ? undefined : change({ watched: [...watched, folder] })))}
        >
          Watch a folder
        </Button>
      </div>
    </div>
  )
}

const choiceWords: Record<CardChoice, string> = { ask: 'Ask me', offload: 'Offload at once', ignore: 'Ignored' }

function Remembered({ settings }: { settings: Settings }) {
  const { choose } = useSettingsActs()
  const { data: here = [] } = useCards()
  const remembered = Object.entries(settings.cards).filter(([, choice]) => choice !== 'ask')
  return (
    <div className="setting-part">
      <h3>Remembered cards</h3>
      {remembered.length === 0 ? (
        <p className="muted">None yet. A card that is here offers the choice on the Offload screen.</p>
      ) : (
        <ul className="backups">
          {remembered.map(([key, choice]) => {
            const name = here.find((card) => card.key === key)?.label ?? key
            return (
              <li key={key}>
                <Icon name="card" />
                <span className="path grow">{name}</span>
                <span className="muted">{choiceWords[choice]}</span>
                <IconButton icon="cross" name={`Forget ${name}`} onPress={() => void choose(key, 'ask')} />
              </li>
            )
          })}
        </ul>
      )}
    </div>
  )
}
