import { useState } from 'react'
import type { ConnectionFieldView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useLibrary } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { useUiStore } from '../ui-state.ts'

type Values = Readonly<Record<string, string>>

/** A form made from what a kind of shop asks for. */
export function Fields({
  fields,
  values,
  wrong,
  isKept,
  onChange,
}: {
  fields: readonly ConnectionFieldView[]
  values: Values
  /** What is wrong, by field name. */
  wrong: Values
  /** Secrets are there already and may stay empty. */
  isKept: boolean
  onChange: (name: string, value: string) => void
}) {
  return (
    <div className="fields">
      {fields.map((field) => (
        <Field
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          wrong={wrong[field.name] ?? null}
          isKept={isKept}
          onChange={(value) => onChange(field.name, value)}
        />
      ))}
    </div>
  )
}

function Field({
  field,
  value,
  wrong,
  isKept,
  onChange,
}: {
  field: ConnectionFieldView
  value: string
  wrong: string | null
  isKept: boolean
  onChange: (value: string) => void
}) {
  const { door } = useLibrary()
  const ui = useUiStore()
  const [isShown, setShown] = useState(false)
  const id = `field-${field.name}`
  const placeholder = field.type === 'secret' && isKept ? 'as it is kept' : (field.example ?? '')
  const described = {
    id,
    'aria-describedby': `${id}-hint`,
    'aria-invalid': wrong !== null,
    'aria-required': field.required && !(isKept && field.type === 'secret'),
  }
  const chooseFolder = async (): Promise<void> => {
    try {
      const { path } = await ask(door, 'shell.chooseFolder', {})
      if (path !== null) onChange(path)
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  return (
    <div className="form-field">
      <label htmlFor={id} className="form-label">
        {field.label}
        {field.required ? null : <span className="muted"> (optional)</span>}
      </label>
      <div className="form-line">
        {field.choices === null ? (
          <input
            {...described}
            className="form-input"
            type={field.type === 'secret' && !isShown ? 'password' : 'text'}
            value={value}
            placeholder={placeholder}
            maxLength={4000}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <select {...described} className="choice" value={value} onChange={(event) => onChange(event.target.value)}>
            {field.required ? null : <option value="">Not chosen</option>}
            {field.choices.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.label}
              </option>
            ))}
          </select>
        )}
        {field.type === 'secret' ? (
          <Button aria-label={`${isShown ? 'Hide' : 'Show'} ${field.label}`} aria-pressed={isShown} onPress={() => setShown(!isShown)}>
            {isShown ? 'Hide' : 'Show'}
          </Button>
        ) : null}
        {field.type === 'folder' ? (
          <Button icon="folder" onPress={() => void chooseFolder()}>
            Choose…
          </Button>
        ) : null}
      </div>
      {wrong === null ? null : (
        <p className="field-problem" role="alert">
          {wrong}
        </p>
      )}
      <p id={`${id}-hint`} className="muted">
        {field.hint}
      </p>
    </div>
  )
}
