import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { DropProduct, DropView } from '../../main/contract/views.ts'
import { ask } from '../bridge.ts'
import { keysOf, useLibrary, useProducts, useShops } from '../queries.ts'
import { shopName } from '../shops/shop-words.ts'
import { Button, Window } from '../ui/controls.tsx'
import { Problem } from '../ui/notice.tsx'
import { Tick } from '../ui/tick.tsx'
import { useUiStore } from '../ui-state.ts'
import { type Chosen, chosenOf, sentOf } from './chosen.ts'
import { DropProducts } from './DropProducts.tsx'
import { daysAfter, draftProblems, nextSaturday, ownZone, shownWall, weekday } from './drop-words.ts'
import { ZoneField } from './ZoneField.tsx'

type Form = { title: string; zone: string; opensDay: string; opensTime: string; isClosing: boolean; closesDay: string; closesTime: string }

/** A new one proposes the usual: Saturday noon until the end of Sunday. */
function formOf(drop: DropView | null): Form {
  const saturday = nextSaturday(new Date())
  if (drop === null)
    return {
      title: '',
      zone: ownZone(),
      opensDay: saturday,
      opensTime: '12:00',
      isClosing: true,
      closesDay: daysAfter(saturday, 2),
      closesTime: '00:00',
    }
  const [opensDay = '', opensTime = ''] = drop.opensWall.split('T')
  const [closesDay = daysAfter(opensDay, 2), closesTime = '00:00'] = drop.closesWall?.split('T') ?? []
  return { title: drop.title, zone: drop.zone, opensDay, opensTime, isClosing: drop.closesWall !== null, closesDay, closesTime }
}

/** Title, hours, products with their price and stock for the time, shops. */
export function DropDialog({ drop, onClose }: { drop: DropView | null; onClose: () => void }) {
  const { door } = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const { data: products = [] } = useProducts()
  const { data: shops = [] } = useShops()
  const [form, setForm] = useState<Form>(() => formOf(drop))
  const [chosen, setChosen] = useState<Chosen>(() => chosenOf(drop))
  const [catalogs, setCatalogs] = useState<ReadonlySet<string>>(
    () => new Set(drop === null ? ['local'] : drop.catalogs.map(({ catalog }) => catalog)),
  )
  const [isAsked, setAsked] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const [asks, setAsks] = useState(0)
  const body = useRef<HTMLDivElement>(null)
  // What is missing may be out of sight: the first of it gets the focus.
  useEffect(() => {
    if (asks === 0) return
    const first = body.current?.querySelector<HTMLElement>('[aria-invalid="true"], .form-set:has(.field-problem) input')
    first?.focus()
  }, [asks])
  const put = (part: Partial<Form>): void => setForm({ ...form, ...part })
  const ready = products.filter(({ id, assets }) => assets.length > 0 || chosen.has(id))
  const sent = sentOf(chosen, products)
  const wrong = isAsked ? draftProblems({ ...form, products: chosen.size, catalogs: catalogs.size }) : {}

  const save = async (): Promise<void> => {
    setAsked(true)
    setProblem(null)
    const isWrong = Object.keys(draftProblems({ ...form, products: chosen.size, catalogs: catalogs.size })).length > 0
    if (isWrong || sent.problems.size > 0) {
      setAsks((n) => n + 1)
      return
    }
    const rows: DropProduct[] = sent.rows
    setBusy(true)
    try {
      const saved = await ask(door, 'drop.save', {
        dropId: drop?.id ?? null,
        title: form.title.trim(),
        zone: form.zone,
        opensWall: `${form.opensDay}T${form.opensTime}`,
        closesWall: form.isClosing ? `${form.closesDay}T${form.closesTime}` : null,
        products: rows,
        catalogs: [...catalogs],
      })
      await queries.invalidateQueries({ queryKey: keysOf.drops })
      ui.getState().toast(`${saved.title} is planned. Its listings go to the shops now, hidden.`)
      onClose()
    } catch (error) {
      setProblem(error)
      setBusy(false)
    }
  }
  return (
    <Window
      title={drop === null ? 'Plan a drop' : `Change ${drop.title}`}
      wide
      isOpen
      onClose={onClose}
      footer={
        <>
          {isAsked && Object.keys(wrong).length + sent.problems.size > 0 ? (
            <p className="field-problem foot-note" role="alert">
              Something is missing above.
            </p>
          ) : null}
          <Button onPress={onClose}>Not now</Button>
          <Button tone="primary" isDisabled={isBusy} onPress={() => void save()}>
            {drop === null ? 'Plan it' : 'Save'}
          </Button>
        </>
      }
    >
      <div className="drop-form" ref={body}>
        <div className="form-field">
          <label className="form-label" htmlFor="drop-title">
            Title
          </label>
          <input
            id="drop-title"
            className="form-input"
            value={form.title}
            maxLength={120}
            placeholder="Autumn glazes"
            autoComplete="off"
            aria-invalid={wrong.title !== undefined}
            onChange={(event) => put({ title: event.target.value })}
          />
          <Wrong text={wrong.title} />
        </div>
        <fieldset className="form-set">
          <legend className="form-label">Opens</legend>
          <Hour
            what="Opens"
            day={form.opensDay}
            time={form.opensTime}
            onDay={(opensDay) => put({ opensDay })}
            onTime={(opensTime) => put({ opensTime })}
          />
          <Wall day={form.opensDay} time={form.opensTime} zone={form.zone} />
          <Wrong text={wrong.opens} />
        </fieldset>
        <fieldset className="form-set">
          <legend className="form-label">Closes</legend>
          <Tick isSelected={form.isClosing} onChange={(isClosing) => put({ isClosing })}>
            At an hour
          </Tick>
          {form.isClosing ? (
            <Hour
              what="Closes"
              day={form.closesDay}
              time={form.closesTime}
              onDay={(closesDay) => put({ closesDay })}
              onTime={(closesTime) => put({ closesTime })}
            />
          ) : (
            <p className="muted">It stays open until you end it.</p>
          )}
          {form.isClosing ? <Wall day={form.closesDay} time={form.closesTime} zone={form.zone} /> : null}
          <Wrong text={wrong.closes} />
        </fieldset>
        <ZoneField zone={form.zone} wrong={wrong.zone ?? null} onChange={(zone) => put({ zone })} />
        <fieldset className="form-set">
          <legend className="form-label">Shops</legend>
          {shops.map(({ name, paused }) => (
            <Tick
              key={name}
              isSelected={catalogs.has(name)}
              onChange={(on) => setCatalogs(new Set(on ? [...catalogs, name] : [...catalogs].filter((other) => other !== name)))}
            >
              {paused === null ? shopName(shops, name) : `${shopName(shops, name)} (paused: sign in again in time)`}
            </Tick>
          ))}
          <Wrong text={wrong.catalogs} />
        </fieldset>
        <fieldset className="form-set form-wide">
          <legend className="form-label">{`Products (${chosen.size.toLocaleString('en')} of ${ready.length.toLocaleString('en')})`}</legend>
          <Wrong text={wrong.products} />
          {ready.length === 0 ? (
            <p className="muted">No product has pictures yet. Pick some first.</p>
          ) : (
            <DropProducts products={ready} chosen={chosen} problems={isAsked ? sent.problems : new Map()} onChange={setChosen} />
          )}
        </fieldset>
        {problem === null ? null : (
          <div className="form-wide">
            <Problem error={problem} />
          </div>
        )}
      </div>
    </Window>
  )
}

function Wrong({ text }: { text: string | undefined }) {
  return text === undefined ? null : (
    <p className="field-problem" role="alert">
      {text}
    </p>
  )
}

/** The hour in words: a day of the week says more than its number, and midnight belongs to the day it begins. */
function Wall({ day, time, zone }: { day: string; time: string; zone: string }) {
  if (day === '' || time === '') return null
  const midnight = time === '00:00' ? `, the midnight that ends ${weekday(daysAfter(day, -1))}` : ''
  return <p className="muted">{`${shownWall(`${day}T${time}`)} in ${zone.replaceAll('_', ' ')}${midnight}`}</p>
}

function Hour({
  what,
  day,
  time,
  onDay,
  onTime,
}: {
  what: string
  day: string
  time: string
  onDay: (day: string) => void
  onTime: (time: string) => void
}) {
  return (
    <div className="form-line">
      <input className="form-input" type="date" aria-label={`${what} on`} value={day} onChange={(event) => onDay(event.target.value)} />
      <input className="form-input" type="time" aria-label={`${what} at`} value={time} onChange={(event) => onTime(event.target.value)} />
    </div>
  )
}
