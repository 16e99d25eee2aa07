import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, opendir, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { CommandArgs } from '../../contract/ipc.ts'
import type { ManifestReport } from '../../contract/views.ts'
import { type HashKind, type ListedFile, mostManifestBytes, readManifest } from '../domain/manifest-reader.ts'
import { AppError, describe, systemError } from '../errors.ts'
import { places } from '../library/places.ts'
import type { CommandContext } from './context.ts'
import { sideBySide } from './side-by-side.ts'

const folders = [places.manifests, 'ascmhl']
const mostManifests = 2000
const mostExtra = 100_000
const isManifest = (name: string): boolean => /\.mhl$/i.test(name) && !name.startsWith('.')
const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)

/** The manifests a person means, all that lie beside them, and the folder their paths start from. @throws AppError not-found, unreadable */
async function manifestsAt(path: string): Promise<{ asked: string[]; beside: string[]; root: string }> {
  const full = resolve(path)
  const there = await stat(full).catch((error: unknown) => {
    throw systemError(error, 'The manifest or folder') ?? error
  })
  const inFolder = async (folder: string): Promise<string[]> =>
    (await readdir(folder).catch(() => []))
      .filter(isManifest)
      .sort()
      .slice(-mostManifests)
      .map((name) => join(folder, name))
  const rootOf = (folder: string): string => (folders.includes(basename(folder)) ? dirname(folder) : folder)
  if (there.isFile()) {
    const folder = dirname(full)
    return { asked: [full], beside: await inFolder(folder), root: rootOf(folder) }
  }
  for (const folder of [...folders.map((name) => join(full, name)), full]) {
    const found = await inFolder(folder)
    if (found.length > 0) return { asked: found, beside: found, root: rootOf(folder) }
  }
  throw new AppError('not-found', `There is no manifest in ${full}`, {
    next: `Choose the folder of a disk that holds a folder "${places.manifests}", or an .mhl file.`,
  })
}

async function manifestIn(path: string): Promise<ReturnType<typeof readManifest>> {
  const there = await lstat(path)
  if (!there.isFile())
    throw new AppError('unreadable', `The manifest is not a regular file: ${path}`, { next: 'Choose the .mhl file itself.' })
  if (there.size > mostManifestBytes) {
    throw new AppError('unreadable', `The manifest has ${there.size} bytes; at most ${mostManifestBytes} are read: ${path}`, {
      next: 'Choose the .mhl file of one offload.',
    })
  }
  const bytes = await readFile(path).catch((error: unknown) => {
    throw systemError(error, 'The manifest') ?? error
  })
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new AppError('unreadable', `The manifest is not UTF-8 text: ${path}`, { next: 'Choose the .mhl file itself.', cause })
  }
  return readManifest(text)
}

/** MD5 and SHA-1 are what older manifests hold; the workers only know SHA-256. */
async function sumOf(
  path: string,
  kind: HashKind,
  ctx: Pick<CommandContext, 'pool'>,
  signal: AbortSignal,
): Promise<{ value: string; bytes: number } | { because: string }> {
  if (kind === 'sha256') {
    const reply = await ctx.pool.run('copy.hash', { path }, { signal })
    if (reply.kind === 'done') return { value: reply.out.sha256, bytes: reply.out.bytes }
    signal.throwIfAborted()
    return { because: reply.kind === 'refused' ? reply.because : 'it was not read' }
  }
  const sum = createHash(kind)
  let bytes = 0
  try {
    await pipeline(
      createReadStream(path, { highWaterMark: 1024 * 1024 }),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) {
          sum.update(chunk)
          bytes += chunk.length
        }
      },
      { signal },
    )
  } catch (error) {
    signal.throwIfAborted()
    return { because: describe(systemError(error, 'The file') ?? error) }
  }
  return { value: sum.digest('hex'), bytes }
}

type Checked = { list: 'identical' | 'damaged' | 'missing' | 'unchecked'; because: string; bytes: number }

/** `inside`: whether a folder really lies below the root, links followed. */
async function check(
  file: ListedFile,
  path: string,
  inside: (folder: string) => Promise<boolean>,
  ctx: Pick<CommandContext, 'pool'>,
  signal: AbortSignal,
): Promise<Checked> {
  const told = (list: Checked['list'], because: string, bytes = 0): Checked => ({ list, because, bytes })
  const there = await lstat(path).catch(() => null)
  if (there === null) return told('missing', 'it is not there any more')
  if (!there.isFile()) return told('damaged', 'a link or a folder lies where the file was')
  if (!(await inside(dirname(path)))) return told('damaged', 'its folder is a link that leads out of this disk')
  if (file.bytes !== null && there.size !== file.bytes) return told('damaged', `it has ${there.size} bytes instead of ${file.bytes}`)
  if (file.hash === null) {
    const kinds =
      file.otherKinds.length === 0
        ? 'the manifest holds no checksum for it'
        : `its checksum (${file.otherKinds.join(', ')}) cannot be computed here`
    return told('unchecked', `${kinds}; ${file.bytes === null ? 'it is there' : 'only its size was compared'}`)
  }
  const sum = await sumOf(path, file.hash.kind, ctx, signal)
  if ('because' in sum) return told('damaged', sum.because)
  if (sum.value === file.hash.value) return told('identical', '', sum.bytes)
  return told('damaged', 'its bytes are not those that were written down: the disk is failing, or something changed the file', sum.bytes)
}

/** Files in the folders that the manifests speak about, which none of them names. What programs leave behind for themselves is passed over. */
async function extraFiles(root: string, known: ReadonlySet<string>, signal: AbortSignal): Promise<ManifestReport['extra']> {
  const extra: ManifestReport['extra'] = []
  const walk = async (folder: string, below: string, depth: number): Promise<void> => {
    const entries = await opendir(folder).catch(() => null)
    if (entries === null) return
    for await (const entry of entries) {
      signal.throwIfAborted()
      if (extra.length >= mostExtra) return
      const { name } = entry
      if (name.startsWith('.') || isManifest(name) || folders.includes(name) || /^(thumbs\.db|desktop\.ini)$/i.test(name)) continue
      const path = below === '' ? name : `${below}/${name}`
      if (entry.isDirectory()) {
        if (depth < 32 && below !== '') await walk(join(folder, name), path, depth + 1)
      } else if (!known.has(path)) extra.push({ path: join(folder, name), because: 'no manifest names it: nothing is known about it' })
    }
  }
  const names = new Set([...known].map((path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '')))
  for (const name of names) await walk(name === '' ? root : join(root, name), name, 1)
  return extra.sort(byPath)
}

/** Compares a disk with the manifests on it; see `manifest.verify` in the contract. @throws AppError */
export async function verifyManifest(
  input: CommandArgs<'manifest.verify'>,
  ctx: Pick<CommandContext, 'pool' | 'emit' | 'now'>,
  signal: AbortSignal,
): Promise<ManifestReport> {
  const { asked, beside, root: found } = await manifestsAt(input.path)
  const root = await realpath(input.at === null ? found : resolve(input.at)).catch((error: unknown) => {
    throw systemError(error, 'The folder to check') ?? error
  })
  const report: ManifestReport = {
    manifests: [],
    at: root,
    listed: 0,
    identical: 0,
    bytes: 0,
    damaged: [],
    missing: [],
    unchecked: [],
    extra: [],
    checkedAt: ctx.now(),
  }
  const read: { path: string; at: string; files: ListedFile[] }[] = []
  for (const path of asked) {
    const one = await manifestIn(path).catch((error: unknown) => {
      if (asked.length === 1) throw error
      report.damaged.push({ path, because: describe(error) })
      return null
    })
    if (one !== null) read.push({ path, at: one.at ?? '', files: one.files })
  }
  // The newest word about a file counts.
  read.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  report.manifests = read.map((one) => one.path)
  const files = new Map(read.flatMap((one) => one.files.map((file) => [file.path, file])))
  report.listed = files.size

  const known = new Set(files.keys())
  for (const path of beside.filter((one) => !asked.includes(one)))
    for (const file of (await manifestIn(path).catch(() => null))?.files ?? []) known.add(file.path)
  const answers = new Map<string, Promise<boolean>>()
  const inside = (folder: string): Promise<boolean> => {
    const answer =
      answers.get(folder) ??
      realpath(folder).then(
        (real) => `${real}${sep}`.startsWith(root.endsWith(sep) ? root : `${root}${sep}`),
        () => false,
      )
    answers.set(folder, answer)
    return answer
  }
  let done = 0
  const progress = (): void => ctx.emit('progress', { what: 'Checking a disk', done, total: Math.max(1, files.size) })
  try {
    await sideBySide([...files.values()], 2, async (file) => {
      signal.throwIfAborted()
      const path = join(root, ...file.path.split('/'))
      const { list, because, bytes } = await check(file, path, inside, ctx, signal)
      report.bytes += bytes
      if (list === 'identical') report.identical += 1
      else report[list].push({ path, because })
      done += 1
      progress()
    })
    report.extra = await extraFiles(root, known, signal)
  } finally {
    done = Math.max(1, files.size)
    progress()
  }
  for (const list of [report.damaged, report.missing, report.unchecked]) list.sort(byPath)
  return report
}
