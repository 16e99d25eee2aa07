import { useState } from 'react'
import { useStatus } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { PublishDialog } from './PublishDialog.tsx'

/** The button that leads from picks to the shop, with the plan in between. */
export function PublishPicks({ label = 'Publish picks' }: { label?: string }) {
  const { data: status } = useStatus()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button tone="primary" isDisabled={status === undefined} onPress={() => setOpen(true)}>
        {label}
      </Button>
      {isOpen ? <PublishDialog onClose={() => setOpen(false)} /> : null}
    </>
  )
}
