import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import type { FakeSetup } from './fake-engine.ts'

const root = resolve(import.meta.dirname, '../../..')
const fakeEngine = join(import.meta.dirname, 'fake-engine.ts')

export interface OpenApp extends AsyncDisposable {
  readonly app: ElectronApplication
  readonly page: Page
  readonly library: string
  readonly userData: string
  /** Errors on the page's console and uncaught errors, as they came. */
  readonly errors: string[]
  /** The folder that save dialogs answer with. */
  readonly saved: string
  /** What the app would have opened on the desktop so far. */
  opened(): string[]
  /** The notifications it would have shown so far. */
  noticed(): { title: string; body: string }[]
  log(): string
  /** The engine that was started last. */
  enginePid(): number
}

/**
 * Opens the real app on a fresh profile. `await using app = await openApp()` closes it, its engine and its temporary folders.
 *
 * @param options.library default: a fresh temporary folder
 * @param options.userData default: a fresh temporary folder; one that is given is kept
 * @param options.chooseFolder what the folder dialog answers
 * @param options.env more variables for the app and its engine, like DROPCARD_VOLUMES
 * @param options.fake start the FAKE engine with this setup instead of the real one
 */
export async function openApp(
  options: {
    library?: string
    userData?: string
    chooseFolder?: string
    fake?: FakeSetup
    colorScheme?: 'light' | 'dark'
    env?: Record<string, string>
  } = {},
): Promise<OpenApp> {
  const executablePath = process.env['DROPCARD_E2E_ELECTRON']
  if (executablePath === undefined) throw new Error('run this through: npx playwright test -c tests/e2e/playwright.config.ts')
  const sandboxArgs: string[] = JSON.parse(process.env['DROPCARD_E2E_ELECTRON_ARGS'] ?? '[]')

  const temporary = await mkdtemp(join(tmpdir(), 'dropcard-e2e-'))
  const library = options.library ?? join(temporary, 'library')
  const userData = options.userData ?? join(temporary, 'profile')
  const saved = join(temporary, 'saved')
  await mkdir(saved)
  const openedFile = join(temporary, 'opened.txt')
  const noticedFile = join(temporary, 'noticed.txt')
  if (options.library === undefined) await mkdir(library, { recursive: true })
  if (options.fake !== undefined) await writeFile(join(library, 'fake.json'), JSON.stringify(options.fake))

  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env[name] = value
  Object.assign(env, options.env)
  env['DROPCARD_TEST_SAVE_TO'] = saved
  env['DROPCARD_TEST_OPENED'] = openedFile
  env['DROPCARD_TEST_NOTICED'] = noticedFile
  if (options.chooseFolder !== undefined) env['DROPCARD_TEST_CHOOSE_FOLDER'] = options.chooseFolder
  if (options.fake !== undefined) env['DROPCARD_TEST_ENGINE'] = fakeEngine

  const app = await _electron.launch({
    executablePath,
    args: [...sandboxArgs, join(root, 'out/main/index.cjs'), `--user-data-dir=${userData}`, '--library', library],
    env,
    cwd: root,
    chromiumSandbox: !sandboxArgs.includes('--no-sandbox'),
  })
  const errors: string[] = []
  const page = await app.firstWindow()
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  if (options.colorScheme !== undefined) await page.emulateMedia({ colorScheme: options.colorScheme })
  await page.waitForLoadState('load')

  const logPath = join(userData, 'logs/dropcard.log')
  const log = () => (existsSync(logPath) ? readFileSync(logPath, 'utf8') : '')
  return {
    app,
    page,
    library,
    userData,
    saved,
    errors,
    log,
    opened: () => (existsSync(openedFile) ? readFileSync(openedFile, 'utf8').trim().split('\n') : []),
    noticed: () =>
      existsSync(noticedFile)
        ? readFileSync(noticedFile, 'utf8')
            .trim()
            .split('\n')
            .map((line): { title: string; body: string } => JSON.parse(line))
        : [],
    enginePid: () => {
      const started = [...log().matchAll(/engine started \{"pid":(\d+)\}/g)].at(-1)
      if (started?.[1] === undefined) throw new Error(`the log names no engine:\n${log()}`)
      return Number(started[1])
    },
    [Symbol.asyncDispose]: async () => {
      await app.close()
      await rm(temporary, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
