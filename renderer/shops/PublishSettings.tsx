import { useEffect, useState } from 'react'
import { useSettingsActs } from '../change-settings.ts'
import { useSettings } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { useUiStore } from '../ui-state.ts'
import { webhookProblem } from './webhook-words.ts'

/** What the local shop is called, and where other programs are told what was published. */
export function PublishSettings() {
  const { data: settings } = useSettings()
  if (settings === undefined) return null
  return (
    <section className="block" aria-labelledby="publish-settings">
      <h2 id="publish-settings">Publishing</h2>
      <ShopTitle kept={settings.shopTitle ?? ''} />
      <WebhookAddress kept={settings.webhook ?? ''} />
    </section>
  )
}

function ShopTitle({ kept }: { kept: string }) {
  const { tryChange } = useSettingsActs()
  const ui = useUiStore()
  const [typed, setTyped] = useState(kept)
  const [wrong, setWrong] = useState<string | null>(null)
  useEffect(() => setTyped(kept), [kept])
  const save = async (): Promise<void> => {
    const title = typed.trim()
    const refused = await tryChange({ shopTitle: title === '' ? null : title })
    setWrong(refused === null ? null : [refused.message, refused.next].filter((part) => part !== null).join('. '))
    if (refused === null) ui.getState().toast('Saved. The pages say it from the next publishing on.')
  }
  return (
    <form
      className="form-field"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <label className="form-label" htmlFor="shop-title">
        Name of your shop
      </label>
      <div className="form-line">
        <input
          id="shop-title"
          className="form-input"
          value={typed}
          placeholder="My shop"
          aria-describedby="shop-title-hint"
          maxLength={120}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button type="submit" isDisabled={typed.trim() === kept}>
          Save
        </Button>
      </div>
      {wrong === null ? null : (
        <p className="field-problem" role="alert">
          {wrong}
        </p>
      )}
      <p id="shop-title-hint" className="muted">
        Stands at the top of every page of the local shop.
      </p>
    </form>
  )
}

function WebhookAddress({ kept }: { kept: string }) {
  const { tryChange } = useSettingsActs()
  const ui = useUiStore()
  const [typed, setTyped] = useState(kept)
  const [wrong, setWrong] = useState<string | null>(null)
  useEffect(() => setTyped(kept), [kept])
  const save = async (value: string): Promise<void> => {
    const address = value.trim()
    const problem = webhookProblem(address)
    setWrong(problem)
    if (problem !== null || address === kept) return
    const refused = await tryChange({ webhook: address === '' ? null : address })
    setWrong(refused === null ? null : [refused.message, refused.next].filter((part) => part !== null).join('. '))
    if (refused === null) ui.getState().toast(address === '' ? 'Nobody is told any more.' : `${new URL(address).host} is told from now on.`)
  }
  return (
    <form
      className="form-field"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save(typed)
      }}
    >
      <label className="form-label" htmlFor="webhook">
        Webhook address
      </label>
      <div className="form-line">
        <input
          id="webhook"
          className="form-input"
          value={typed}
          placeholder="https://automation.example/dropcard"
          aria-describedby="webhook-hint"
          aria-invalid={wrong !== null}
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button type="submit" isDisabled={typed.trim() === kept}>
          Save
        </Button>
        {kept === '' ? null : <Button onPress={() => void save('')}>Tell nobody</Button>}
      </div>
      {wrong === null ? null : (
        <p className="field-problem" role="alert">
          {wrong}
        </p>
      )}
      <p id="webhook-hint" className="muted">
        Whenever a listing is published or taken off, or a drop opens or closes, a short JSON message goes to this address. Https, or http
        on this computer. Left empty, nobody is told.
      </p>
    </form>
  )
}
