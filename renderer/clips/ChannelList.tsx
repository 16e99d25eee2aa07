import { Checkbox, CheckboxGroup } from 'react-aria-components'
import type { ChannelView } from '../../main/contract/views.ts'
import { Icon } from '../ui/icons.tsx'

/** Every channel with what it takes; several can be chosen. */
export function ChannelList({
  channels,
  chosen,
  onChoose,
}: {
  channels: readonly ChannelView[]
  chosen: readonly string[]
  onChoose: (names: string[]) => void
}) {
  return (
    <CheckboxGroup className="channels" aria-label="Channels" value={[...chosen]} onChange={onChoose}>
      {channels.map((channel) => (
        <Checkbox key={channel.name} value={channel.name} className="channel">
          <span className="channel-box" aria-hidden="true">
            <Icon name="check" size={12} />
          </span>
          <span>
            <span className="channel-label">{channel.label}</span>
            <span className="muted channel-about">{channel.about}</span>
          </span>
        </Checkbox>
      ))}
    </CheckboxGroup>
  )
}
