import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { GridLayout, ListBox, ListBoxItem, type Selection, Size, Text, Virtualizer } from 'react-aria-components'
import type { TrashedView } from '../../main/contract/views.ts'
import { useHint, useKeys } from '../keyboard.ts'
import { reads, useLibrary } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Empty, Loading, Problem } from '../ui/notice.tsx'
import { Thumb } from '../ui/photo.tsx'
import { useUiStore } from '../ui-state.ts'
import { photosAndClips, plural } from '../words.ts'
import { DeleteDialog } from './DeleteDialog.tsx'
import { useTrashActs } from './trash-acts.ts'
import { dayWords, inTrashWords, trashedLabel } from './trash-words.ts'

/** What was removed on purpose: bring it back, or delete it for good. */
export function Trash() {
  const ui = useUiStore()
  const read = useQuery(reads.trash(useLibrary()))
  if (read.isError) {
    return (
      <div className="page">
        <Problem error={read.error} onRetry={() => void read.refetch()} />
      </div>
    )
  }
  if (read.data === undefined) return <Loading what="Looking into the trash…" />
  const { trash, deleted } = read.data
  if (trash.length > 0) return <Full trash={trash} deleted={deleted} />
  return (
    <Empty icon="trash" title="The trash is empty">
      <p>Photos and clips that you remove while culling wait here until you bring them back or delete them for good.</p>
      {deleted === 0 ? null : <p>{`${deletedWords(deleted)}`}</p>}
      <Button onPress={() => ui.getState().set({ screen: 'cull' })}>Go to culling</Button>
    </Empty>
  )
}

const deletedWords = (deleted: number): string =>
  `${plural(deleted, 'photo or clip was', 'photos and clips were')} deleted for good; their cards do not bring ${deleted === 1 ? 'it' : 'them'} back.`

function Full({ trash, deleted }: { trash: TrashedView[]; deleted: number }) {
  const acts = useTrashActs()
  const [selection, setSelection] = useState<Selection>(new Set())
  const [asked, setAsked] = useState<readonly TrashedView[] | null>(null)
  const [isBusy, setBusy] = useState(false)
  const now = useMemo(() => new Date(), [trash])
  const chosen = selection === 'all' ? trash : trash.filter(({ id }) => selection.has(id))
  const meant = chosen.length > 0 ? chosen : trash
  const isAll = meant.length === trash.length
  const during = async (act: Promise<void>): Promise<void> => {
    setBusy(true)
    await act
    setSelection(new Set())
    setBusy(false)
  }
  useKeys(['trash'], {
    deleteForGood: () => {
      if (chosen.length > 0) setAsked(chosen)
    },
  })
  const what = chosen.length === 0 || isAll ? 'everything' : photosAndClips(...kinds(chosen))
  const hint = useHint()
  return (
    <div className="trash">
      <header className="trash-head">
        <div className="grow">
          <h1>Trash</h1>
          <p className="muted">{`${inTrashWords(trash)}. None of it is shown or published, and its cards do not bring it back.`}</p>
          {deleted === 0 ? null : <p className="muted">{deletedWords(deleted)}</p>}
        </div>
        <div className="row">
          <p className="muted trash-chosen" role="status">
            {chosen.length === 0 ? '' : `${photosAndClips(...kinds(chosen))} selected`}
          </p>
          <Button
            tone="danger"
            icon="trash"
            isDisabled={isBusy}
            {...(chosen.length === 0 ? {} : { hint: hint('deleteForGood') })}
            onPress={() => setAsked(meant)}
          >
            {isAll ? 'Empty the trash' : `Delete ${what} for good`}
          </Button>
          <Button tone="primary" icon="undo" isDisabled={isBusy} onPress={() => void during(acts.restore(meant))}>
            {`Restore ${what}`}
          </Button>
        </div>
      </header>
      <Virtualizer layout={GridLayout} layoutOptions={sizes}>
        <ListBox
          className="trash-grid"
          aria-label="Removed photos and clips"
          layout="grid"
          items={trash}
          selectionMode="multiple"
          selectionBehavior="replace"
          selectedKeys={selection}
          onSelectionChange={setSelection}
          onAction={(key) => {
            const one = trash.find(({ id }) => id === key)
            if (one !== undefined) void during(acts.restore(chosen.includes(one) ? chosen : [one]))
          }}
        >
          {(one) => (
            <ListBoxItem id={one.id} textValue={one.name} aria-label={trashedLabel(one, now)} className="trashed">
              <Trashed one={one} now={now} />
            </ListBoxItem>
          )}
        </ListBox>
      </Virtualizer>
      <DeleteDialog
        these={asked}
        onAnswer={(yes) => {
          setAsked(null)
          if (yes && asked !== null) void during(acts.deleteForGood(asked.length === trash.length ? null : asked))
        }}
      />
    </div>
  )
}

const sizes = { minItemSize: new Size(168, 176), maxItemSize: new Size(280, 250), minSpace: new Size(12, 12) }

const kinds = (all: readonly TrashedView[]): [photos: number, clips: number] => {
  const clips = all.filter(({ kind }) => kind === 'clip').length
  return [all.length - clips, clips]
}

function Trashed({ one, now }: { one: TrashedView; now: Date }) {
  return (
    <>
      <span className="trashed-photo">
        <Thumb asset={one} />
        {one.because === null ? null : (
          <span className="trashed-gone">
            <Icon name="warning" />
            File is gone
          </span>
        )}
        <span className="trashed-mark" aria-hidden="true">
          <Icon name="check" />
        </span>
      </span>
      <span className="trashed-name">{one.name}</span>
      <Text slot="description" className="muted trashed-day">{`Removed ${dayWords(one.removedAt, now)}`}</Text>
    </>
  )
}
