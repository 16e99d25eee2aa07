import type { ClipLook } from '../../main/contract/views.ts'
import { Segments, Switch } from '../ui/controls.tsx'

type Shape = NonNullable<ClipLook['aspect']> | 'own'

const shapes: readonly { key: Shape; label: string }[] = [
  { key: 'own', label: 'As the channel likes it' },
  { key: '9:16', label: '9:16' },
  { key: '4:5', label: '4:5' },
  { key: '1:1', label: '1:1' },
  { key: '16:9', label: '16:9' },
]
const frames: readonly { key: ClipLook['reframe']; label: string }[] = [
  { key: 'follow', label: 'Follow the product' },
  { key: 'center', label: 'Keep the middle' },
  { key: 'pad', label: 'Show all of it' },
]
const switches: readonly { key: 'stabilise' | 'title' | 'price' | 'qr' | 'captions' | 'preview'; label: string }[] = [
  { key: 'stabilise', label: 'Steady the picture' },
  { key: 'title', label: "The product's title in it" },
  { key: 'price', label: 'The price in it' },
  { key: 'qr', label: 'A code to the product page in it' },
  { key: 'captions', label: 'Captions from the .srt beside the take' },
  { key: 'preview', label: 'A moving preview (WebP) beside it' },
]

/** How clips look: shape, crop, and what is done to them. */
export function LookFields({ look, onChange }: { look: ClipLook; onChange: (look: ClipLook) => void }) {
  return (
    <div className="look">
      <Segments<Shape>
        name="Shape"
        choices={shapes}
        chosen={look.aspect ?? 'own'}
        onChoose={(shape) => onChange({ ...look, aspect: shape === 'own' ? null : shape })}
      />
      <Segments name="What the crop does" choices={frames} chosen={look.reframe} onChoose={(reframe) => onChange({ ...look, reframe })} />
      <div className="look-switches">
        <Switch isSelected={look.sound === 'silent'} onChange={(on) => onChange({ ...look, sound: on ? 'silent' : 'level' })}>
          Without sound
        </Switch>
        {switches.map(({ key, label }) => (
          <Switch key={key} isSelected={look[key] === true} onChange={(on) => onChange({ ...look, [key]: on })}>
            {label}
          </Switch>
        ))}
      </div>
    </div>
  )
}
