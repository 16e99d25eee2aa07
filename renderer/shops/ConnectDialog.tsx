import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { CatalogKindView, ConnectionTest, ConnectionView } from '../../main/contract/views.ts'
import { ask } from '../bridge.ts'
import { keysOf, reads, useLibrary } from '../queries.ts'
import { Button, Window } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUiStore } from '../ui-state.ts'
import { Fields } from './Fields.tsx'
import { lacking, testedWords, testWords } from './shop-words.ts'

type Values = Readonly<Record<string, string>>

/** Choose a kind, fill in what it asks for, test, save. `shop`: a connected one to be changed; null = a new one. */
export function ConnectDialog({ shop, onClose }: { shop: ConnectionView | null; onClose: (name: string | null) => void }) {
  const kinds = useQuery(reads.shopKinds(useLibrary()))
  const [chosen, setChosen] = useState<string | null>(shop?.kind ?? null)
  const kind = kinds.data?.find((one) => one.kind === chosen)
  if (kind !== undefined) return <Form key={kind.kind} kind={kind} shop={shop} onBack={() => setChosen(null)} onClose={onClose} />
  return (
    <Window title="Connect a shop" wide isOpen onClose={() => onClose(null)}>
      {kinds.isPending ? <Loading what="Looking which shops can be connected…" /> : null}
      {kinds.isError ? <Problem error={kinds.error} onRetry={() => void kinds.refetch()} /> : null}
      <ul className="kinds">
        {kinds.data?.map((one) => (
          <li key={one.kind}>
            <button type="button" className="kind" onClick={() => setChosen(one.kind)}>
              <span className="shop-name">{one.label}</span>
              <span className="kind-about">
                {one.about}
                <span className={`kind-tested kind-tested-${one.tested === 'real server' ? 'real' : 'less'}`}>
                  {testedWords[one.tested]}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Window>
  )
}

const split = (kind: CatalogKindView, values: Values): { config: Record<string, string>; secrets: Record<string, string> } => {
  const of = (isSecret: boolean): Record<string, string> =>
    Object.fromEntries(
      kind.fields.filter(({ type }) => (type === 'secret') === isSecret).map(({ name }) => [name, (values[name] ?? '').trim()]),
    )
  return { config: of(false), secrets: of(true) }
}

/** What a new form starts with: the first choice where one must be made. */
const firstValues = (kind: CatalogKindView, shop: ConnectionView | null): Values => ({
  ...Object.fromEntries(
    kind.fields.flatMap(({ name, choices, required }) => (choices === null || !required ? [] : [[name, choices[0]?.value ?? '']])),
  ),
  ...shop?.config,
})

function Form({
  kind,
  shop,
  onBack,
  onClose,
}: {
  kind: CatalogKindView
  shop: ConnectionView | null
  onBack: () => void
  onClose: (name: string | null) => void
}) {
  const { door } = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const [values, setValues] = useState<Values>(() => firstValues(kind, shop))
  const [wrong, setWrong] = useState<Values>({})
  const [busy, setBusy] = useState<'test' | 'save' | null>(null)
  const [tested, setTested] = useState<ConnectionTest | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const outcome = useRef<HTMLDivElement>(null)
  // A long form ends below the fold: what came of the test is brought into view.
  useEffect(() => {
    if (tested !== null || problem !== null) outcome.current?.scrollIntoView({ block: 'nearest' })
  }, [tested, problem])

  /** Something is missing, and a person has seen what. */
  const isAnyway = tested !== null && !tested.ok && tested.because === null
  /** Runs when nothing is left out; what is goes beside its field, and the first of them gets the focus. */
  const checked = async (what: 'test' | 'save', act: () => Promise<void>): Promise<void> => {
    const said = lacking(kind, values, shop !== null)
    setWrong(said)
    setProblem(null)
    const [first] = Object.keys(said)
    if (first !== undefined) {
      document.getElementById(`field-${first}`)?.focus()
      return
    }
    setBusy(what)
    try {
      await act()
    } catch (error) {
      setProblem(error)
    } finally {
      setBusy(null)
    }
  }
  const test = (): Promise<void> =>
    checked('test', async () => {
      setTested(null)
      setTested(await ask(door, 'catalog.test', { name: shop?.name ?? null, kind: kind.kind, ...split(kind, values) }))
    })
  const save = (): Promise<void> =>
    checked('save', async () => {
      if (tested === null) {
        const found = await ask(door, 'catalog.test', { name: shop?.name ?? null, kind: kind.kind, ...split(kind, values) })
        setTested(found)
        if (!found.ok) return
      }
      const saved = await ask(door, 'catalog.connect', { name: shop?.name ?? null, kind: kind.kind, ...split(kind, values) })
      await Promise.all([keysOf.shops, keysOf.publish, keysOf.queue].map((queryKey) => queries.invalidateQueries({ queryKey })))
      ui.getState().toast(`${saved.shop ?? saved.label} is connected.`)
      onClose(saved.name)
    })
  return (
    <Window
      title={shop === null ? `Connect ${kind.label}` : `${shop.shop ?? kind.label}: connection`}
      isOpen
      onClose={() => onClose(null)}
      footer={
        <>
          {shop === null ? (
            <Button icon="back" onPress={onBack}>
              Other shops
            </Button>
          ) : null}
          <Button isDisabled={busy !== null} onPress={() => void test()}>
            {busy === 'test' ? 'Testing…' : 'Test'}
          </Button>
          <Button tone="primary" isDisabled={busy !== null} onPress={() => void save()}>
            {busy === 'save' ? 'Signing in…' : `${shop === null ? 'Connect' : 'Save'}${isAnyway ? ' anyway' : ''}`}
          </Button>
        </>
      }
    >
      <form
        className="connect"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <p>{kind.about}</p>
        <p className="muted">{testedWords[kind.tested]}</p>
        <Fields
          fields={kind.fields}
          values={values}
          wrong={wrong}
          isKept={shop !== null}
          onChange={(name, value) => {
            setValues({ ...values, [name]: value })
            setTested(null)
          }}
        />
        {/* Enter in a field saves. */}
        <button type="submit" className="unseen" tabIndex={-1} aria-hidden="true" />
        <div ref={outcome}>
          <div role="status">
            {busy === 'test' ? <p className="muted">Signing in and looking around. Nothing is changed in the shop.</p> : null}
            {tested === null ? null : <Tested tested={tested} />}
          </div>
          {problem === null ? null : <Problem error={problem} />}
        </div>
        <p className="muted kept">
          <Icon name="shield" />
          <span>
            {tested === null
              ? 'Secrets are kept outside of the library, never in logs, exports or backups of it. The test says where.'
              : `Secrets are kept in: ${tested.secrets}. Never in the library, in logs or exports.`}
          </span>
        </p>
      </form>
    </Window>
  )
}

function Tested({ tested }: { tested: ConnectionTest }) {
  return (
    <div className={tested.ok ? 'standing standing-fine' : 'standing standing-warn'}>
      <Icon name={tested.ok ? 'check' : 'warning'} />
      <div>
        <p>{testWords(tested)}</p>
        {tested.missing.length === 0 ? null : (
          <>
            <ul className="plain-list">
              {tested.missing.map((permission) => (
                <li key={permission}>{permission}</li>
              ))}
            </ul>
            <p className="muted">Allow them in the shop, then test again.</p>
          </>
        )}
      </div>
    </div>
  )
}
