import { useEffect, useRef, useState } from 'react'
import { Input, Label, TextField } from 'react-aria-components'
import type { WireError } from '../../main/contract/reply.ts'
import type { Settings } from '../../main/contract/views.ts'
import { useSettingsActs } from '../change-settings.ts'
import { Button } from '../ui/controls.tsx'
import { templateTokens, usualTemplate } from './plan-words.ts'

const quietMs = 400

/** The template as text, with buttons that put its parts in. Saved while it is written; what the engine refuses stays in the field with the reason. */
export function TemplateField({ settings }: { settings: Settings }) {
  const { tryChange } = useSettingsActs()
  const [draft, setDraft] = useState(settings.template)
  const [refused, setRefused] = useState<WireError | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const saved = settings.template
  const last = useRef(saved)
  useEffect(() => {
    // Changed elsewhere, not by what is being written here.
    if (saved !== last.current) {
      last.current = saved
      setDraft(saved)
      setRefused(null)
    }
  }, [saved])
  useEffect(() => {
    if (draft === last.current) {
      setRefused(null)
      return undefined
    }
    const timer = setTimeout(() => {
      void tryChange({ template: draft }).then((error) => {
        if (error === null) last.current = draft
        setRefused(error)
      })
    }, quietMs)
    return () => clearTimeout(timer)
  }, [draft])

  const insert = (text: string): void => {
    const input = field.current
    const from = input?.selectionStart ?? draft.length
    const to = input?.selectionEnd ?? draft.length
    setDraft(draft.slice(0, from) + text + draft.slice(to))
    requestAnimationFrame(() => {
      input?.focus()
      input?.setSelectionRange(from + text.length, from + text.length)
    })
  }
  return (
    <div className="template">
      <TextField className="field template-field" value={draft} onChange={setDraft} isInvalid={refused !== null} maxLength={200}>
        <Label>Folder and name, inside the library</Label>
        <Input ref={field} className="field-input template-input" spellCheck="false" autoComplete="off" />
      </TextField>
      <p className={refused === null ? 'template-state muted' : 'template-state field-problem'} role="status">
        {refused === null
          ? draft === saved
            ? 'Saved. A / makes a folder.'
            : 'Saving…'
          : `Not saved: ${refused.issues?.[0]?.message ?? refused.message}${refused.next === null ? '' : ` ${refused.next}`}`}
      </p>
      <ul className="tokens" aria-label="Parts to put in">
        {templateTokens.map(({ text, name, about }) => (
          <li key={text}>
            <Button onPress={() => insert(text)}>{name}</Button>
            <span className="muted">{about}</span>
          </li>
        ))}
      </ul>
      {draft === usualTemplate ? null : (
        <div>
          <Button tone="quiet" icon="undo" onPress={() => setDraft(usualTemplate)}>
            Back to the usual: day, card, file name
          </Button>
        </div>
      )}
    </div>
  )
}
