import { useEffect, useRef, useState } from 'react'
import { Button, Window } from '../ui/controls.tsx'

/** The report as text to carry away. The window may not write files by itself: it is selected, and copied on request. */
export function CsvDialog({ text, onClose }: { text: string; onClose: () => void }) {
  const box = useRef<HTMLTextAreaElement>(null)
  const [said, setSaid] = useState<string | null>(null)
  useEffect(() => box.current?.select(), [])
  const copy = (): void => {
    box.current?.focus()
    box.current?.select()
    // The newer way needs a permission that the window does not give itself; this one needs a press only.
    setSaid(
      document.execCommand('copy') ? 'Copied. Paste it into a spreadsheet or a text file.' : 'Press the copy keys: everything is selected.',
    )
  }
  return (
    <Window
      title="Report as CSV"
      wide
      isOpen
      onClose={onClose}
      footer={
        <>
          <p className="foot-note muted" role="status">
            {said}
          </p>
          <Button onPress={onClose}>Close</Button>
          <Button tone="primary" onPress={copy}>
            Copy
          </Button>
        </>
      }
    >
      <textarea ref={box} className="csv" readOnly rows={14} value={text} aria-label="Report as CSV" spellCheck={false} wrap="off" />
    </Window>
  )
}
