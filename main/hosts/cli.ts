import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import colors from 'picocolors'
import { type ClipsOptions, clips, clipsHelp, clipsMisuse } from './cli/clips.ts'
import { addDrops } from './cli/drops.ts'
import { type LearningOptions, learning } from './cli/learning.ts'
import { type MainJob, mainJob, mainJobExit, offload, offloadExit, publish } from './cli/main-job.ts'
import { withEngine } from './cli/session.ts'
import { addProducts, addShops } from './cli/shops.ts'
import { doctorLines, offloadLines, planLines, scoreLines, triageLines } from './cli/summary.ts'
import { plain } from './cli/terminal.ts'
import { trash, trashHelp } from './cli/trash.ts'
import { verify, verifyHelp } from './cli/verify.ts'
import { sampleCard } from './compose.ts'

type Json = { json?: boolean }
type WithLibrary = Json & { library: string }

const collect = (value: string, all: string[]): string[] => [...all, value]
const whole = (value: string): number => {
  const n = Number(value)
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('expected a whole number of at least 1')
  return n
}

const seconds = (value: string): number => {
  const n = Number(value)
  if (!Number.isFinite(n) || n < 0.5 || n > 600) throw new InvalidArgumentError('expected 0.5 to 600 seconds')
  return n
}

function jobLines(job: MainJob, took: number): string[] {
  return [
    ...offloadLines(job.offload),
    `Picks: ${job.picked.length} picked, ${job.rejected.length} rejected by suggestion; ${job.products.length} ${job.products.length === 1 ? 'listing' : 'listings'}`,
    ...job.refused.map((one) => `${colors.yellow('!')} ${plain(one.what)}: ${plain(one.because)}`),
    `Published: ${job.publish.published} of ${job.publish.published + job.publish.failed.length + job.publish.waiting} to the ${job.publish.catalog} catalog, ${(took / 1000).toFixed(1)} s in all`,
    ...(job.page === null ? [] : [`${colors.bold('Open:')} ${plain(job.page)}`]),
  ]
}

function program(): Command {
  const cli = new Command('dropcard')
    .description('From a camera card to a small shop page: verified offload, scores on this machine, picks, publishing.')
    .showHelpAfterError('(add --help to see how it is used)')
    .helpCommand(true)
    .addHelpText(
      'after',
      '\nExit codes: 0 fine · 1 wrong use · 2 finished, but something named in the output was refused or failed · 3 nothing could be done\nWith --json exactly one JSON document goes to stdout and everything else to stderr.',
    )

  cli
    .command('run')
    .description('the whole main job with automatic picks: offload, score, pick, render, publish')
    .argument('<card>', 'a card or a folder; it is only read')
    .requiredOption('--library <dir>', 'folder of the library (made if it is not there)')
    .option('--backup <dir>', 'another disk to copy to, may be given several times', collect, [])
    .option('--to <catalog>', 'where to publish', 'local')
    .option('--json', 'one JSON document on stdout')
    .action((card: string, options: WithLibrary & { to: string; backup: string[] }) =>
      withEngine({ ...options, card }, async (session) => {
        const began = Date.now()
        const job = await mainJob(session, card, { backups: options.backup, catalog: options.to })
        session.out.result({ library: resolve(options.library), ...job }, () => jobLines(job, Date.now() - began))
        return mainJobExit(job)
      }),
    )

  cli
    .command('demo')
    .description('the main job on the sample card, into ./demo-library')
    .option('--json', 'one JSON document on stdout')
    .action(async (options: Json) => {
      const library = resolve('demo-library')
      if (existsSync(join(library, 'dropcard.sqlite'))) await rm(library, { recursive: true, force: true })
      await withEngine({ ...options, library }, async (session) => {
        if (sampleCard === null) {
          session.out.error({
            code: 'unavailable',
            message: 'The sample card is not in this checkout',
            next: 'Use "dropcard run <folder>" with photos of your own.',
            retryable: false,
          })
          return 3
        }
        session.out.say(`Sample card: ${sampleCard}`)
        const began = Date.now()
        const job = await mainJob(session, sampleCard, { backups: [], catalog: 'local' })
        session.out.result({ library, ...job }, () => jobLines(job, Date.now() - began))
        // The sample card holds a truncated photo on purpose: that it is named is part of the demo, not a failure of it.
        return job.page === null ? 3 : 0
      })
    })

  cli
    .command('offload')
    .description('copies a card with verification and says whether it is safe to erase')
    .argument('<card>', 'a card or a folder; it is only read')
    .requiredOption('--library <dir>', 'folder of the library (made if it is not there)')
    .option('--backup <dir>', 'another disk to copy to, may be given several times', collect, [])
    .option('--verify <mode>', 'destination, source-and-destination, or size (never earns "safe to erase")', 'destination')
    .option('--json', 'one JSON document on stdout')
    .action((card: string, options: WithLibrary & { backup: string[]; verify: 'destination' | 'source-and-destination' | 'size' }) =>
      withEngine({ ...options, card, work: 'offload' }, async (session) => {
        const report = await offload(session, card, options.backup, options.verify)
        session.out.result(report, () => offloadLines(report))
        return offloadExit(report)
      }),
    )

  cli
    .command('verify')
    .description('reads files again and names what has changed: those of a library, or those a manifest lists')
    .option('--library <dir>', 'a library: every original, companion and second copy')
    .option('--manifest <file>', 'an ASC MHL manifest, or a folder whose manifests are all read; needs no library')
    .option('--at <folder>', 'where the paths of the manifest start, if not in the folder that holds the folder "manifests"')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', verifyHelp)
    .action((options: Json & { library?: string; manifest?: string; at?: string }, command: Command) => {
      if ((options.library === undefined) === (options.manifest === undefined))
        command.error('error: name either --library <dir> or --manifest <file>')
      if (options.at !== undefined && options.manifest === undefined) command.error('error: --at goes with --manifest')
      return verify(options)
    })

  cli
    .command('trash')
    .description('what was removed on purpose: lists it, brings it back, or deletes it for good')
    .requiredOption('--library <dir>', 'folder of the library')
    .option('--restore <id>', 'brings one back, by its id or the start of it (8 digits or more); may be given several times', collect, [])
    .option('--restore-all', 'brings everything back')
    .option('--empty', 'deletes everything in the trash for good; second copies on other disks are not touched')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', trashHelp)
    .action((options: WithLibrary & { restore: string[]; restoreAll?: boolean; empty?: boolean }, command: Command) => {
      const ways = [options.restore.length > 0, options.restoreAll === true, options.empty === true].filter(Boolean).length
      if (ways > 1) command.error('error: use only one of --restore, --restore-all and --empty')
      return trash(options)
    })

  cli
    .command('score')
    .description('scores photos, 0–100, and says why; needs no library')
    .argument('<file...>', 'photos')
    .option('--json', 'one JSON document on stdout')
    .action((files: string[], options: Json) =>
      withEngine(options, async (session) => {
        const { results } = await session.call('score.files', { paths: files })
        session.out.result({ results }, () => scoreLines(results))
        const bad = results.filter((one) => !one.ok).length
        return bad === 0 ? 0 : bad === results.length ? 3 : 2
      }),
    )

  cli
    .command('triage')
    .description('groups bursts, ranks them and suggests picks, for a folder or for a library')
    .argument('[folder]', 'a folder of photos; it is only read')
    .option('--library <dir>', 'a library instead of a folder')
    .option('--json', 'one JSON document on stdout')
    .action((folder: string | undefined, options: Json & { library?: string }, command: Command) => {
      if ((folder === undefined) === (options.library === undefined)) command.error('error: name either a folder or --library <dir>')
      return withEngine({ ...options, mustExist: true }, async (session) => {
        const report =
          folder === undefined ? await session.call('triage.library', {}) : await session.call('triage.folder', { path: folder })
        session.out.result(report, () => triageLines(report))
        return report.refused.length === 0 ? 0 : report.assets.length === 0 ? 3 : 2
      })
    })

  cli
    .command('shots')
    .description('finds the cuts of a video, frame-exact')
    .argument('<video>')
    .option('--json', 'one JSON document on stdout')
    .action((video: string, options: Json) =>
      withEngine(options, async (session) => {
        const report = await session.call('shots.find', { path: video })
        session.out.result(report, () =>
          report.shots.map(
            (shot) =>
              `${(shot.startUs / 1e6).toFixed(3)} – ${(shot.endUs / 1e6).toFixed(3)} s  frames ${shot.startFrame}–${shot.endFrame - 1}`,
          ),
        )
        return 0
      }),
    )

  cli
    .command('clips')
    .description('cuts the seconds worth keeping out of longer takes, or exports the approved clips of a library')
    .argument('[video...]', 'videos; they are only read')
    .option('--library <dir>', 'a library instead of videos: its approved clips are exported')
    .option('--out <dir>', 'folder for the clips; with --library, exports/<channel> in it when this is not given')
    .option('--channel <name>', 'what they are for (plain, instagram-reels, tiktok …), may be given several times', collect, [])
    .option('--most <n>', 'at most this many clips per take', whole, 3)
    .option('--min <seconds>', 'no clip is shorter', seconds, 5)
    .option('--max <seconds>', 'no clip is longer', seconds, 15)
    .addOption(new Option('--aspect <shape>', 'shape, when not the one the channel likes').choices(['9:16', '4:5', '1:1', '16:9']))
    .addOption(
      new Option('--reframe <how>', 'what a crop does: follow the product, keep the middle, or show all of it')
        .choices(['follow', 'center', 'pad'])
        .default('follow'),
    )
    .option('--stabilise', 'steadies the picture')
    .option('--silent', 'without sound')
    .option('--title [text]', 'burned in')
    .option('--price [text]', 'burned in')
    .option('--qr [address]', 'a code to this address, burned in')
    .option('--captions', 'burned in from the .srt beside the video')
    .option('--preview', 'a small moving picture (WebP) beside each clip, with --library')
    .option('--all', 'with --library: also clips that nobody decided on')
    .option('--dry-run', 'only say what would be made')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', clipsHelp)
    .action((videos: string[], options: ClipsOptions, command: Command) => {
      const misuse = clipsMisuse(videos, options)
      if (misuse !== null) command.error(`error: ${misuse}`)
      return clips(videos, options)
    })

  cli
    .command('render')
    .description('renders every picked photo for the local catalog')
    .requiredOption('--library <dir>', 'folder of the library')
    .option('--json', 'one JSON document on stdout')
    .action((options: WithLibrary) =>
      withEngine({ ...options, mustExist: true }, async (session) => {
        const report = await session.call('render.picks', {})
        session.out.result(report, () => [
          ...report.rendered.map((one) => plain(one.path)),
          ...report.refused.map((one) => `${colors.yellow('!')} ${one.assetId} ${one.recipe}: ${plain(one.because)}`),
        ])
        return report.refused.length === 0 ? 0 : report.rendered.length === 0 ? 3 : 2
      }),
    )

  cli
    .command('publish')
    .description('sends picked listings to a catalog, each exactly once')
    .requiredOption('--library <dir>', 'folder of the library')
    .requiredOption('--to <catalog>', 'where to publish: local, or a connected shop (see "shops list")')
    .option('--dry-run', 'only say what would happen')
    .option('--json', 'one JSON document on stdout')
    .action((options: WithLibrary & { to: string; dryRun?: boolean }) =>
      withEngine({ ...options, mustExist: true }, async (session) => {
        if (options.dryRun === true) {
          const plan = await session.call('publish.plan', { catalog: options.to })
          session.out.result({ dryRun: true, plan }, () => planLines(plan))
          return plan.refused.length > 0 ? 2 : 0
        }
        const { plan, state } = await publish(session, options.to)
        session.out.result({ dryRun: false, plan, state, page: state.page }, () => [
          ...planLines(plan),
          ...state.failed.map((one) => `${colors.yellow('!')} ${plain(one.title)}: ${plain(one.because)}`),
          ...state.conflicts.map(
            (one) => `${colors.yellow('!')} ${plain(one.title)} was changed in the shop: ${one.differences.map(plain).join('; ')}`,
          ),
          ...(state.paused === null ? [] : [`${colors.yellow('!')} paused: ${plain(state.paused)}`]),
          ...(state.resting === null ? [] : [`${colors.yellow('!')} ${state.waiting} wait: ${plain(state.resting.because)}`]),
          ...(state.page === null ? [] : [`${colors.bold('Open:')} ${plain(state.page)}`]),
        ])
        if (state.failed.length > 0 && state.published === 0) return 3
        return plan.refused.length + state.failed.length + state.conflicts.length + state.waiting > 0 ? 2 : 0
      }),
    )

  addShops(cli)
  addProducts(cli)
  addDrops(cli)

  cli
    .command('learning')
    .description('what was learned from your own picks; on this machine only')
    .requiredOption('--library <dir>', 'folder of the library')
    .addOption(new Option('--on', 'use it').conflicts(['off', 'reset']))
    .addOption(new Option('--off', 'suggest by the shipped score alone; nothing is forgotten').conflicts(['on', 'reset']))
    .option('--reset', 'forget it; picks made so far are not learned from again, decisions stay')
    .option('--export <file>', 'write it to a new JSON file')
    .option('--json', 'one JSON document on stdout')
    .action((options: LearningOptions) => withEngine({ ...options, mustExist: true }, (session) => learning(session, options)))

  cli
    .command('doctor')
    .description('what this machine has, and what to do about what is missing')
    .option('--library <dir>', 'also look at the disk of this library')
    .option('--json', 'one JSON document on stdout')
    .action((options: Json & { library?: string }) =>
      withEngine(options, async (session) => {
        const report = await session.call('doctor.run', {})
        session.out.result(report, () => doctorLines(report))
        return report.ok ? 0 : 2
      }),
    )
  return cli
}

const allOf = (command: Command): Command[] => [command, ...command.commands.flatMap(allOf)]

/** Wrong use ends with 1 and, with --json, still with one document. */
async function main(argv: string[]): Promise<void> {
  const cli = program()
  const json = argv.includes('--json')
  for (const command of allOf(cli)) command.exitOverride().configureOutput({ writeErr: (text) => process.stderr.write(text) })
  try {
    await cli.parseAsync(argv)
    if (argv.length <= 2) cli.help()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const fine = error.code === 'commander.helpDisplayed' || error.code === 'commander.version'
    process.exitCode = fine ? 0 : 1
    if (!fine && json)
      process.stdout.write(
        `${JSON.stringify({ error: { code: 'invalid-input', message: error.message, next: 'Add --help to see how it is used.', retryable: false } }, null, 2)}\n`,
      )
  }
}

await main(process.argv)
