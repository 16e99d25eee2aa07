import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import colors from 'picocolors'
import { servePreview } from '../../adapters/preview-server.ts'
import type { CommandOut } from '../../contract/ipc.ts'
import { AppError, systemError } from '../../core/errors.ts'
import { places } from '../../core/library/places.ts'
import { type ExitCode, withEngine } from './session.ts'
import { collect, json, library, type WithLibrary } from './shop-options.ts'
import { plain } from './terminal.ts'

/** "url=https://…" pairs. Secrets are not taken from the command line, where every program can read them. */
function pairs(given: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const one of given) {
    const at = one.indexOf('=')
    if (at < 1) throw new AppError('invalid-input', `Expected name=value, but got ${one}`)
    values[one.slice(0, at)] = one.slice(at + 1)
  }
  return values
}

/** `dropcard shops …` */
export function addShops(cli: Command): void {
  const shops = cli.command('shops').description('the shops that listings are published to')
  const end = (report: CommandOut<'catalog.test'>): ExitCode => (report.ok ? 0 : report.because === null ? 2 : 3)
  const testLines = (report: CommandOut<'catalog.test'>): string[] => [
    report.because === null
      ? `${colors.green('✓')} ${plain(report.shop ?? 'it answers')}`
      : `${colors.yellow('!')} ${plain(report.because)}`,
    ...report.missing.map((one) => `${colors.yellow('!')} missing: ${plain(one)}`),
  ]
  shops
    .command('kinds')
    .description('what can be connected, and what each asks for')
    .option(...json)
    .action((options: { json?: boolean }) =>
      withEngine(options, async ({ call, out }) => {
        const kinds = await call('catalog.kinds', {})
        out.result({ kinds }, () =>
          kinds.flatMap((kind) => [
            `${colors.bold(kind.kind)}  ${kind.label} (tested with: ${kind.tested})`,
            ...kind.fields.map((field) => `    ${field.name}${field.required ? '' : ' (optional)'}: ${field.label}. ${field.hint}`),
          ]),
        )
        return 0
      }),
    )
  shops
    .command('list')
    .description('what is connected')
    .requiredOption(...library)
    .option(...json)
    .action((options: WithLibrary) =>
      withEngine({ ...options, mustExist: true }, async ({ call, out }) => {
        const connected = await call('catalog.list', {})
        out.result({ shops: connected }, () =>
          connected.map(
            (one) =>
              `${one.name}  ${one.label}${one.shop === null ? '' : `, ${plain(one.shop)}`}${one.paused === null ? '' : `  ${colors.yellow('paused:')} ${plain(one.paused)}`}`,
          ),
        )
        return 0
      }),
    )
  shops
    .command('connect')
    .description('connects a shop, or gives one new values; signs in first and keeps nothing that does not work')
    .argument('<kind>', 'see "shops kinds"')
    .requiredOption(...library)
    .option('--name <name>', 'of one that is connected')
    .option('--set <name=value>', 'a value it asks for, may be given several times', collect, [])
    .option(...json)
    .addHelpText(
      'after',
      '\nSecrets come from the environment, one variable each: DROPCARD_SECRET_<KIND>_<FIELD>, for example DROPCARD_SECRET_VENDURE_TOKEN.\nThey are kept encrypted beside the library; the key is in your configuration folder, or made from DROPCARD_PASSPHRASE.',
    )
    .action((kind: string, options: WithLibrary & { name?: string; set: string[] }) =>
      withEngine({ ...options, mustExist: true }, async ({ call, out }) => {
        const known = (await call('catalog.kinds', {})).find((one) => one.kind === kind)
        const secrets: Record<string, string> = {}
        for (const field of known?.fields.filter((one) => one.type === 'secret') ?? []) {
          const variable = `DROPCARD_SECRET_${(options.name ?? kind).replace(/[^A-Za-z0-9]+/g, '_')}_${field.name}`.toUpperCase()
          const value = process.env[variable]
          if (value !== undefined) secrets[field.name] = value
        }
        const made = await call('catalog.connect', { name: options.name ?? null, kind, config: pairs(options.set), secrets })
        out.result(made, () => [`${colors.green('✓')} ${made.name}: ${plain(made.shop ?? made.label)}`])
        return 0
      }),
    )
  for (const [name, about, command] of [
    ['test', 'signs in and looks around; changes nothing', 'catalog.test'],
    ['resume', 'goes on after signing in works again', 'catalog.resume'],
  ] as const) {
    shops
      .command(name)
      .description(about)
      .argument('<name>', 'see "shops list"')
      .requiredOption(...library)
      .option(...json)
      .action((shop: string, options: WithLibrary) =>
        withEngine({ ...options, mustExist: true }, async ({ call, out }) => {
          const row = (await call('catalog.list', {})).find((one) => one.name === shop)
          if (row === undefined) throw new AppError('not-found', `There is no shop called ${shop}`, { next: 'See "shops list".' })
          const report =
            command === 'catalog.resume'
              ? await call(command, { name: row.name })
              : await call(command, { name: row.name, kind: row.kind, config: row.config, secrets: {} })
          out.result(report, () => testLines(report))
          return end(report)
        }),
      )
  }
  shops
    .command('preview')
    .description('shows the folder of the embedded shop on this machine only, until Ctrl-C')
    .requiredOption(...library)
    .option('--port <number>', 'a free one when it is not given', '0')
    .action(async (options: WithLibrary & { port: string }) => {
      await using served = await servePreview({ dir: join(resolve(options.library), places.catalog), port: Number(options.port) })
      process.stdout.write(`${served.url}\n`)
      await new Promise<void>((resume) => process.once('SIGINT', resume).once('SIGTERM', resume))
    })
  shops
    .command('disconnect')
    .description('forgets a shop and its secrets; what is in the shop stays there')
    .argument('<name>')
    .requiredOption(...library)
    .option(...json)
    .action((name: string, options: WithLibrary) =>
      withEngine({ ...options, mustExist: true }, async ({ call, out }) => {
        await call('catalog.disconnect', { name })
        out.result({ disconnected: name }, () => [`${name} is forgotten.`])
        return 0
      }),
    )
}

/** `dropcard products import`, `… export` and `dropcard products list` */
export function addProducts(cli: Command): void {
  const products = cli.command('products').description('what is sold: titles, SKUs, prices, stock')
  products
    .command('list')
    .requiredOption(...library)
    .option(...json)
    .action((options: WithLibrary) =>
      withEngine({ ...options, mustExist: true, work: 'offload' }, async ({ call, out }) => {
        const all = await call('product.list', {})
        out.result({ products: all }, () =>
          all.map((one) => `${one.id}  ${one.sku ?? '—'}  ${plain(one.title)}  ${one.assets.length} pictures`),
        )
        return 0
      }),
    )
  products
    .command('export')
    .description('all products as CSV, to standard output; "products import" takes it over again')
    .requiredOption(...library)
    .option(...json)
    .action((options: WithLibrary) =>
      withEngine({ ...options, mustExist: true, work: 'offload' }, async ({ call, out }) => {
        const { text } = await call('product.sheet', {})
        out.result({ text }, () => text.trimEnd().split('\r\n'))
        return 0
      }),
    )
  products
    .command('import')
    .description('products from a CSV file, by the names of its columns (exports of the usual shops are understood)')
    .argument('<file>')
    .requiredOption(...library)
    .option('--currency <code>', 'of prices that do not say theirs', 'EUR')
    .option('--dry-run', 'only say what it would do')
    .option(...json)
    .action((file: string, options: WithLibrary & { currency: string; dryRun?: boolean }) =>
      withEngine({ ...options, mustExist: true, work: 'offload' }, async ({ call, out }) => {
        const text = await readFile(resolve(file), 'utf8').catch((error: unknown) => {
          throw systemError(error, 'The CSV file') ?? error
        })
        const plan = await call('product.import', { text, currency: options.currency.toUpperCase(), apply: options.dryRun !== true })
        const of = (does: string): number => plan.lines.filter((line) => line.does === does).length
        out.result({ dryRun: options.dryRun === true, ...plan }, () => [
          ...plan.lines
            .filter((line) => line.does === 'refused')
            .map((line) => `${colors.yellow('!')} line ${line.line}: ${plain(line.because ?? '')}`),
          ...(plan.ignored.length === 0 ? [] : [colors.dim(`columns not used: ${plan.ignored.map(plain).join(', ')}`)]),
          `${of('new')} new, ${of('change')} changed, ${of('same')} as they were, ${of('refused')} refused`,
        ])
        return of('refused') === 0 ? 0 : of('refused') === plan.lines.length ? 3 : 2
      }),
    )
}
