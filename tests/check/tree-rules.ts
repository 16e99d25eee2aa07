import { posix } from 'node:path'
import { z } from 'zod'
import type { Violation } from './import-rules.ts'
import type { RepositoryFile } from './repository.ts'

const MB = 1024 * 1024
const largestFile = 15 * MB
const largestTotal = 60 * MB
const longestReadme = 30
/** House style says "past about 300 lines, split by noun"; this is the point where "about" ends. */
const longestSource = 330
const topLevel = ['main', 'models', 'renderer', 'tests', 'workers']
/** Layers whose folders one level down explain themselves too. */
const explained = ['main', 'models', 'renderer', 'workers']

export const treeRuleNames = [
  'readme',
  'readme-length',
  'source-length',
  'file-size',
  'total-size',
  'name',
  'leak',
  'lockfile',
  'pinned',
  'top-level',
] as const
type TreeRule = (typeof treeRuleNames)[number]

export type Tree = {
  files: RepositoryFile[]
  /** Text of a file, or null when it is not text. */
  read(path: string): string | null
  /** Absolute folders of the machine this runs on that no file may name (the checkout, the home folder). */
  privatePlaces: string[]
}

const isSource = (path: string) => /\.(ts|tsx|css)$/.test(path)

/** What the tree as a whole must keep: papers in place, sizes, names, nothing of the machine it was written on. */
export function findTreeViolations(tree: Tree): Violation[] {
  const found: Violation[] = []
  const report = (rule: TreeRule, where: string, because: string) => found.push({ rule, where, because })
  const paths = new Set(tree.files.map((file) => file.path))

  for (const folder of new Set(tree.files.filter(({ path }) => path.includes('/')).map(({ path }) => path.split('/')[0] ?? ''))) {
    if (!topLevel.includes(folder) && !folder.startsWith('.'))
      report('top-level', folder, `expected the folders ${topLevel.join(', ')}, got one more`)
  }
  for (const folder of foldersThatExplain(tree.files)) {
    if (!paths.has(`${folder}/README.md`))
      report('readme', folder, 'expected a README.md: what it owns, what it may import, how to add one')
  }
  for (const { path, bytes } of tree.files) {
    if (bytes > largestFile) report('file-size', path, `expected at most 15 MB, got ${(bytes / MB).toFixed(1)} MB`)
    if (/(^|[-./])(manager|helpers?|utils?|misc)([-./]|$)/i.test(path) && isSource(path))
      report('name', path, 'expected a name that says what it is about')
    const text = tree.read(path)
    if (text !== null) checkText(path, text, tree.privatePlaces, (rule, where, because) => report(rule, where, because))
  }
  const total = tree.files.reduce((sum, file) => sum + file.bytes, 0)
  if (total > largestTotal) report('total-size', '.', `expected at most 60 MB in the repository, got ${(total / MB).toFixed(1)} MB`)

  const lock = tree.read('package-lock.json')
  if (lock === null) report('lockfile', 'package-lock.json', 'expected a committed lockfile')
  else if (/"resolved":\s*"https?:/.test(lock))
    report('lockfile', 'package-lock.json', 'expected no download addresses (omit-lockfile-registry-resolved)')
  for (const name of missingFromLock(lock ?? '{}'))
    report(
      'lockfile',
      'package-lock.json',
      `expected an entry for ${name}: without it npm ci refuses the lockfile (was it in the registry when it was made?)`,
    )
  for (const name of unpinned(tree.read('package.json') ?? '{}')) report('pinned', 'package.json', `expected an exact version, got ${name}`)
  return found
}

function foldersThatExplain(files: RepositoryFile[]): string[] {
  const folders = new Set<string>(topLevel)
  for (const { path } of files) {
    const [top, second] = posix.dirname(path).split('/')
    if (top && second && explained.includes(top) && isSource(path)) folders.add(`${top}/${second}`)
  }
  return [...folders].sort()
}

function checkText(path: string, text: string, privatePlaces: string[], report: (rule: TreeRule, where: string, because: string) => void) {
  const lines = text.split('\n')
  const length = lines.at(-1) === '' ? lines.length - 1 : lines.length
  if (/^[^/]+\/.*README\.md$/.test(path) && !path.startsWith('tests/fixtures/') && length > longestReadme)
    report('readme-length', path, `expected at most ${longestReadme} lines, got ${length}`)
  if (isSource(path) && length > longestSource) report('source-length', path, `expected about 300 lines, got ${length}: split it by noun`)
  for (const [index, line] of lines.entries()) {
    const place = privatePlaces.find((one) => line.includes(one))
    if (place !== undefined) report('leak', `${path}:${index + 1}`, `expected nothing of this machine, got its path ${place}`)
    if (/\.\.\/shared\/(?!media)/.test(line))
      report('leak', `${path}:${index + 1}`, 'expected no place outside the repository but the media corpus')
    if (path === '.npmrc' && /^\s*(@[^=]+:)?registry\s*=|_auth/.test(line))
      report('leak', `${path}:${index + 1}`, 'expected no registry and no secret in .npmrc')
  }
}

function unpinned(packageJson: string): string[] {
  const parsed: unknown = JSON.parse(packageJson)
  if (typeof parsed !== 'object' || parsed === null) return []
  return Object.entries(parsed)
    .filter(([key]) => key.toLowerCase().endsWith('dependencies'))
    .flatMap(([, list]) => Object.entries(typeof list === 'object' && list !== null ? list : {}))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)))
    .map(([name, version]) => `${name}@${String(version)}`)
}

const lockfile = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })).default({}),
})

/** Builds for other systems that a package names but the lockfile lacks. */
function missingFromLock(lock: string): string[] {
  const { packages } = lockfile.parse(JSON.parse(lock))
  const found = (from: string, name: string): boolean => {
    if (Object.hasOwn(packages, `${from === '' ? '' : `${from}/`}node_modules/${name}`)) return true
    return from !== '' && found(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name)
  }
  return Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !found(from, name)),
  )
}
