import { useEffect, useRef, useState } from 'react'
import { Input, Label, Text, TextArea, TextField } from 'react-aria-components'

/**
 * One value edited where it stands. Enter or leaving the field saves, Esc puts the old one back.
 * `save` answers with what is wrong, in words, or null.
 */
export function InPlace({
  label,
  value,
  save,
  placeholder = '',
  maxLength,
  rows = 1,
  numeric = false,
  strong = false,
  seen = true,
}: {
  label: string
  value: string
  save: (typed: string) => Promise<string | null>
  placeholder?: string
  maxLength: number
  rows?: number
  numeric?: boolean
  strong?: boolean
  /** Whether the label is on screen. */
  seen?: boolean
}) {
  const [typed, setTyped] = useState(value)
  const [problem, setProblem] = useState<string | null>(null)
  const [saved, setSaved] = useState(0)
  const left = useRef(false)
  // What was saved may be written another way ("48" is "48.00"): the field follows what is kept.
  useEffect(() => {
    setTyped(value)
    setProblem(null)
  }, [value, saved])
  const keep = async (): Promise<void> => {
    if (left.current) {
      left.current = false
      return
    }
    const wrong = typed === value ? null : await save(typed)
    setProblem(wrong)
    if (wrong === null && typed !== value) setSaved((n) => n + 1)
  }
  const keys = (event: React.KeyboardEvent<HTMLInputElement | HTMLTextAreaElement>): void => {
    if (event.key === 'Enter' && (rows === 1 || event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      void keep()
    }
    if (event.key !== 'Escape') return
    event.stopPropagation()
    left.current = true
    setTyped(value)
    setProblem(null)
    event.currentTarget.blur()
  }
  const shared = {
    className: strong ? 'field-input field-strong' : 'field-input field-plain',
    placeholder,
    onBlur: () => void keep(),
    onKeyDown: keys,
  }
  return (
    <TextField className="field in-place" value={typed} onChange={setTyped} maxLength={maxLength} isInvalid={problem !== null}>
      <Label className={seen ? 'field-label' : 'unseen'}>{label}</Label>
      {rows > 1 ? (
        <TextArea {...shared} rows={rows} />
      ) : (
        <Input {...shared} {...(numeric ? { inputMode: 'decimal' as const } : {})} autoComplete="off" />
      )}
      {problem === null ? null : (
        <Text slot="errorMessage" elementType="p" className="field-problem" role="alert">
          {problem}
        </Text>
      )}
    </TextField>
  )
}
