import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { reads, useLibrary } from '../queries.ts'
import { useUi } from '../ui-state.ts'
import { buildRoom, type Room, type Shown, show } from './room.ts'

export function useAssets() {
  return useQuery(reads.assets(useLibrary(), useQueryClient()))
}

/** The room as the filter, the place and the opened stacks show it now. */
export function useRoom(): { room: Room; shown: Shown; isPending: boolean; error: Error | null; retry: () => void } {
  const library = useLibrary()
  const assets = useAssets()
  const stacks = useQuery(reads.stacks(library))
  const filter = useUi((ui) => ui.filter)
  const selection = useUi((ui) => ui.selection)
  const opened = useUi((ui) => ui.opened)
  const room = useMemo(() => buildRoom(assets.data ?? [], stacks.data ?? []), [assets.data, stacks.data])
  const shown = useMemo(
    () => show(room, { filter, current: selection.current, keep: selection.chosen, opened }),
    [room, filter, selection.current, selection.chosen, opened],
  )
  const failed = assets.data === undefined ? assets : stacks
  return {
    room,
    shown,
    isPending: assets.isPending || stacks.isPending,
    error: failed.error,
    retry: () => {
      void assets.refetch()
      void stacks.refetch()
    },
  }
}
