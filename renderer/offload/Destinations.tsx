import type { OffloadPlan, Settings } from '../../main/contract/views.ts'
import { useSettingsActs } from '../change-settings.ts'
import { IconButton } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { bytes } from '../words.ts'
import { destinationWords, leftFree } from './plan-words.ts'
import { AddSecondCopy } from './SecondCopies.tsx'

/** Every place that gets a copy, with the room it has; second copies can be added and taken away. */
export function Destinations({ plan, settings }: { plan: OffloadPlan; settings: Settings }) {
  const { change } = useSettingsActs()
  return (
    <>
      <ul className="destinations" aria-label="Copies go to">
        {plan.destinations.map((disk, index) => {
          const isBackup = settings.backups.includes(disk.path)
          return (
            <li key={disk.path} className={disk.enough ? 'destination' : 'destination destination-full'}>
              <Icon name={disk.enough ? 'check' : 'warning'} />
              <span className="grow path">{destinationWords(index, disk.path)}</span>
              <span className="num">{disk.enough ? leftFree(disk) : `Does not fit: ${leftFree(disk)}, ${bytes(plan.bytes)} needed`}</span>
              <span className="destination-act">
                {isBackup ? (
                  <IconButton
                    icon="cross"
                    name={`No copy to ${disk.path}`}
                    onPress={() => void change({ backups: settings.backups.filter((other) => other !== disk.path) })}
                  />
                ) : null}
              </span>
            </li>
          )
        })}
      </ul>
      <div>
        <AddSecondCopy settings={settings} />
      </div>
    </>
  )
}
