import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { type AutoExport, type ChannelView, type ClipSettings as Clips, usualAuto } from '../../main/contract/views.ts'
import { useSettingsActs } from '../change-settings.ts'
import { LookFields } from '../clips/LookFields.tsx'
import { useChooseFolder } from '../offload/SecondCopies.tsx'
import { reads, useLibrary, useSettings } from '../queries.ts'
import { Button, IconButton, Switch } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUiStore } from '../ui-state.ts'
import './clips.css'

/** What every new take becomes by itself, how clips look, and what was learned from choosing them. */
export function ClipSettings() {
  const library = useLibrary()
  const settings = useSettings()
  const channels = useQuery(reads.channels(library))
  return (
    <section className="block" aria-labelledby="clip-settings">
      <h2 id="clip-settings">Clips</h2>
      {channels.isError ? <Problem error={channels.error} onRetry={() => void channels.refetch()} /> : null}
      {channels.isPending ? <Loading what="Reading what each channel takes…" /> : null}
      {settings.data === undefined ? null : <ClipRules saved={settings.data.clips} channels={channels.data ?? []} />}
      <Learned />
    </section>
  )
}

type Change = (next: (now: Clips) => Clips) => void

/** All of it is one setting: what is pressed quickly is put together here, shown at once, and sent one after the other. */
function useClips(saved: Clips): [Clips, Change] {
  const { tryChange } = useSettingsActs()
  const ui = useUiStore()
  const [draft, setDraft] = useState<Clips | null>(null)
  const latest = useRef<Clips | null>(null)
  const line = useRef<Promise<void>>(Promise.resolve())
  const keep = (clips: Clips | null): void => {
    latest.current = clips
    setDraft(clips)
  }
  const change: Change = (next) => {
    const clips = next(latest.current ?? saved)
    keep(clips)
    line.current = line.current.then(async () => {
      const refused = await tryChange({ clips })
      if (refused !== null) ui.getState().fail(refused)
      if (refused !== null || latest.current === clips) keep(null)
    })
  }
  return [draft ?? saved, change]
}

function ClipRules({ saved, channels }: { saved: Clips; channels: readonly ChannelView[] }) {
  const [clips, change] = useClips(saved)
  return (
    <>
      {channels.length === 0 ? null : <Rules clips={clips} channels={channels} change={change} />}
      <div className="setting-part">
        <h3>How clips look</h3>
        <p className="muted">For new takes, and as a start when you export by hand.</p>
        <LookFields look={clips.look} onChange={(look) => change((now) => ({ ...now, look }))} />
      </div>
    </>
  )
}

function Rules({ clips, channels, change }: { clips: Clips; channels: readonly ChannelView[]; change: Change }) {
  return (
    <div className="setting-part">
      <h3>New takes become clips by themselves</h3>
      <p className="muted">
        The best seconds of every take that comes from a card, made for the channels that are on, into a folder that other programs can pick
        them up from. Nothing is sent anywhere.
      </p>
      <ul className="auto-channels">
        {channels.map((channel) => (
          <Rule key={channel.name} rule={clips.auto[channel.name] ?? usualAuto} channel={channel} change={change} />
        ))}
      </ul>
    </div>
  )
}

const mostClips = 10

function Rule({ rule, channel, change }: { rule: AutoExport; channel: ChannelView; change: Change }) {
  const choose = useChooseFolder()
  const set = (part: (now: AutoExport) => Partial<AutoExport>): void =>
    change((now) => {
      const before = now.auto[channel.name] ?? usualAuto
      return { ...now, auto: { ...now.auto, [channel.name]: { ...before, ...part(before) } } }
    })
  return (
    <li className="auto-channel">
      <div className="setting">
        <div>
          <p>{channel.label}</p>
          <p className="muted">{channel.about}</p>
        </div>
        <Switch isSelected={rule.on} onChange={(on) => set(() => ({ on }))}>
          <span className="unseen">{`${channel.label} from every new take`}</span>
        </Switch>
      </div>
      {rule.on ? (
        <div className="auto-rule">
          <div className="setting">
            <p>{`At most ${rule.most} of each take`}</p>
            <div className="row">
              <Button
                isDisabled={rule.most <= 1}
                aria-label={`Fewer clips for ${channel.label}`}
                onPress={() => set(({ most }) => ({ most: Math.max(1, most - 1) }))}
              >
                −
              </Button>
              <Button
                isDisabled={rule.most >= mostClips}
                aria-label={`More clips for ${channel.label}`}
                onPress={() => set(({ most }) => ({ most: Math.min(mostClips, most + 1) }))}
              >
                +
              </Button>
            </div>
          </div>
          <div className="setting">
            <div>
              <p>Wait for my approval</p>
              <p className="muted">
                {rule.approval ? 'A clip is made once you approve it.' : 'Clips are made as soon as a take was looked through.'}
              </p>
            </div>
            <Switch isSelected={rule.approval} onChange={(approval) => set(() => ({ approval }))}>
              <span className="unseen">{`${channel.label} waits for my approval`}</span>
            </Switch>
          </div>
          <div className="setting">
            <p className="auto-folder">
              <Icon name="folder" />
              <span className="path">{rule.folder ?? `exports/${channel.name} in the library`}</span>
            </p>
            <div className="row">
              {rule.folder === null ? null : (
                <IconButton
                  icon="cross"
                  name={`Back to the library's folder for ${channel.label}`}
                  onPress={() => set(() => ({ folder: null }))}
                />
              )}
              <Button
                icon="folder"
                aria-label={`Choose a folder for ${channel.label}`}
                onPress={() => void choose(async (folder) => set(() => ({ folder })))}
              >
                Choose a folder
              </Button>
            </div>
          </div>
        </div>
      ) : null}
    </li>
  )
}

/** Shown with what is learned from picks; switched and forgotten there. */
function Learned() {
  const taste = useQuery(reads.clipTaste(useLibrary()))
  if (taste.data === undefined) return null
  const { active, choices, needed, words } = taste.data
  return (
    <div className="setting-part">
      <h3>Learned from the clips you approve and reject</h3>
      {active ? (
        <ul>
          {(words.length === 0 ? ['nothing that is worth a word yet'] : words).map((word) => (
            <li key={word}>{word}</li>
          ))}
        </ul>
      ) : (
        <p className="muted">
          {choices < needed
            ? `${choices === 0 ? 'Nothing yet' : `${choices} choices so far`}. From ${needed} on, what you like weighs more in the score of clips.`
            : 'The usual score already orders clips as you do, so it is left as it is.'}
        </p>
      )}
      <p className="muted">Switched off and forgotten together with what is learned from picks, under Suggestions.</p>
    </div>
  )
}
