import { useSettingsActs } from '../change-settings.ts'
import { useSettings } from '../queries.ts'
import { Switch } from '../ui/controls.tsx'

/** Whether ratings travel to and from other programs by themselves. */
export function MarksSettings() {
  const { data: settings } = useSettings()
  const { change } = useSettingsActs()
  if (settings === undefined) return null
  return (
    <section className="block" aria-labelledby="marks-settings">
      <h2 id="marks-settings">Other programs</h2>
      <div className="setting">
        <div>
          <p>Keep ratings in step</p>
          <p className="muted">
            Stars, labels, picks and rejects are written beside your originals as XMP files, for Lightroom, darktable, digiKam and others.
            What you change there comes back here, as one step that can be undone. The originals themselves are never written.
          </p>
        </div>
        <Switch isSelected={settings.marks === 'sidecars'} onChange={(on) => void change({ marks: on ? 'sidecars' : 'off' })}>
          <span className="unseen">Keep ratings in step with other programs</span>
        </Switch>
      </div>
    </section>
  )
}
