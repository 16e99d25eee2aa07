import type { Command } from 'commander'
import colors from 'picocolors'
import { dropId, productId } from '../../contract/ids.ts'
import type { CommandOut } from '../../contract/ipc.ts'
import { AppError } from '../../core/errors.ts'
import { type Session, withEngine } from './session.ts'
import { collect, json, library, type WithLibrary } from './shop-options.ts'
import { plain } from './terminal.ts'

/** `dropcard drops …` */
export function addDrops(cli: Command): void {
  const drops = cli.command('drops').description('sets of listings that buyers see from one hour to another')
  const lines = (drop: CommandOut<'drop.list'>[number]): string[] => [
    `${colors.bold(plain(drop.title))}  ${drop.state}  ${drop.opensWall.replace('T', ' ')}${drop.closesWall === null ? '' : ` – ${drop.closesWall.replace('T', ' ')}`} ${drop.zone}  ${drop.id}`,
    ...drop.catalogs.map(
      (one) =>
        `    ${one.catalog}: ${one.state}, ${one.staged} of ${drop.products.length} ready${one.openLateMs === null ? '' : `, opened ${(one.openLateMs / 1000).toFixed(1)} s after the hour`}${one.because === null ? '' : `: ${plain(one.because)}`}`,
    ),
    ...drop.mustBeOn.map((one) => `    ${colors.yellow('!')} ${plain(one)}`),
  ]
  drops
    .command('list')
    .requiredOption(...library)
    .option(...json)
    .action((options: WithLibrary) =>
      withEngine({ ...options, mustExist: true, work: 'offload' }, async ({ call, out }) => {
        const all = await call('drop.list', {})
        out.result({ drops: all }, () => (all.length === 0 ? ['No drops yet.'] : all.flatMap(lines)))
        return 0
      }),
    )
  drops
    .command('add')
    .description('uploads everything now, hidden, and shows it at the hour; "drops keep" has to run then, or the app')
    .argument('<title>')
    .requiredOption(...library)
    .requiredOption('--opens <time>', 'wall clock, 2026-11-28T12:00')
    .option('--closes <time>', 'wall clock; midnight on Sunday is Sunday 24:00')
    .option('--zone <name>', 'IANA name of the time zone', Intl.DateTimeFormat().resolvedOptions().timeZone)
    .option('--to <catalog>', 'may be given several times', collect, [])
    .option('--product <id>', 'may be given several times; all picked ones when it is not given', collect, [])
    .option(...json)
    .action((title: string, options: WithLibrary & { opens: string; closes?: string; zone: string; to: string[]; product: string[] }) =>
      withEngine({ ...options, mustExist: true }, async ({ call, out }) => {
        const all = await call('product.list', {})
        const wanted =
          options.product.length > 0
            ? options.product.map((one) => productId.parse(one))
            : all.filter((one) => one.assets.length > 0).map((one) => one.id)
        const drop = await call('drop.save', {
          dropId: null,
          title,
          zone: options.zone,
          opensWall: options.opens,
          closesWall: options.closes ?? null,
          products: wanted.map((one) => ({ productId: one, price: null, stock: null })),
          catalogs: options.to.length > 0 ? options.to : ['local'],
        })
        await call('engine.settle', {})
        const [now = drop] = (await call('drop.list', {})).filter((one) => one.id === drop.id)
        out.result(now, () => lines(now))
        return now.catalogs.every((one) => one.staged === now.products.length) ? 0 : 2
      }),
    )
  drops
    .command('keep')
    .description('stays on and opens and closes drops at their hours, until none is left or Ctrl-C')
    .requiredOption(...library)
    .option(...json)
    .action((options: WithLibrary) =>
      withEngine({ ...options, mustExist: true }, async (session) => {
        const all = await keep(session)
        session.out.result({ drops: all }, () => all.flatMap(lines))
        return all.some((one) => one.state === 'missed') ? 2 : 0
      }),
    )
  drops
    .command('end')
    .description('closes an open drop now; one that has not begun never will')
    .argument('<id>')
    .requiredOption(...library)
    .option(...json)
    .action((id: string, options: WithLibrary) =>
      withEngine({ ...options, mustExist: true }, async ({ call, out }) => {
        const known = (await call('drop.list', {})).find((one) => one.id === id)
        if (known === undefined) throw new AppError('not-found', `There is no drop ${id}`, { next: 'See "drops list".' })
        const drop = await call('drop.end', { dropId: known.id })
        await call('engine.settle', {})
        out.result(drop, () => lines(drop))
        return 0
      }),
    )
  cli
    .command('poster')
    .description('a PDF with a code that leads to a listing or to a drop')
    .requiredOption(...library)
    .option('--to <catalog>', 'the shop it leads to', 'local')
    .option('--product <id>', 'see "products list"')
    .option('--drop <id>', 'see "drops list"')
    .option(...json)
    .action((options: WithLibrary & { to: string; product?: string; drop?: string }) =>
      withEngine({ ...options, mustExist: true, work: 'offload' }, async ({ call, out }) => {
        const made = await call('poster.make', {
          catalog: options.to,
          productId: options.product === undefined ? null : productId.parse(options.product),
          dropId: options.drop === undefined ? null : dropId.parse(options.drop),
        })
        out.result(made, () => [`${colors.green('✓')} ${plain(made.path)}`, `  leads to ${plain(made.address)}`])
        return 0
      }),
    )
  cli
    .command('report')
    .description('what was shot, picked, published and when')
    .requiredOption(...library)
    .option('--drop <id>', 'only of this drop')
    .option('--csv', 'as CSV')
    .option(...json)
    .action((options: WithLibrary & { drop?: string; csv?: boolean }) =>
      withEngine({ ...options, mustExist: true, work: 'offload' }, async ({ call, out }) => {
        const known = options.drop === undefined ? null : (await call('drop.list', {})).find((one) => one.id === options.drop)
        if (known === undefined) throw new AppError('not-found', `There is no drop ${options.drop ?? ''}`, { next: 'See "drops list".' })
        const dropId = known?.id ?? null
        const receipt = await call('report.receipt', { dropId })
        const csv = options.csv === true ? (await call('report.csv', { dropId })).text : null
        out.result(receipt, () =>
          csv !== null
            ? csv.trimEnd().split('\r\n')
            : [
                `${colors.bold(plain(receipt.title))}: ${receipt.shot} shot, ${receipt.picked} picked, ${receipt.published} published`,
                ...receipt.lines.map(
                  (line) =>
                    `  ${plain(line.title)}  ${line.catalog}: ${line.state}${line.minutesFromCard === null ? '' : `, ${line.minutesFromCard} min from card to live`}${line.url === null ? '' : `  ${plain(line.url)}`}`,
                ),
              ],
        )
        return 0
      }),
    )
}

/** Waits while any drop is still to open or close. */
async function keep({ call }: Session): Promise<CommandOut<'drop.list'>> {
  for (;;) {
    const all = await call('drop.list', {})
    if (!all.some((one) => one.state === 'planned' || (one.state === 'open' && one.closesAt !== null))) return all
    await new Promise((resume) => setTimeout(resume, 1000))
  }
}
