import { posix } from 'node:path'
import { type Import, importsOf } from './imports.ts'

export type Violation = { rule: string; where: string; because: string }

/** What an import leads to: a file of the project (`main/core/ports.ts`) or a package (`node:fs`, `sharp`, `@scope/name`). */
type Target = { kind: 'file'; path: string } | { kind: 'package'; name: string }
type Edge = { from: string; to: Target; import: Import }

/** A folder (ends in `/`), a file, or `*` for any file of the project. */
type Place = string
type Layer = {
  name: string
  at: Place[]
  /** Places this layer may import besides itself. */
  files: Place[]
  /** Packages it may import; '*' = any except electron. */
  packages: string[] | '*'
  /** Node builtins it may import. */
  builtins: 'none' | 'pure' | 'local' | 'all'
}

/** Deterministic and without I/O. */
const pureBuiltins = ['node:assert', 'node:buffer', 'node:crypto', 'node:path', 'node:url', 'node:util']
/** Reach the network, other programs or threads: the core asks a port for these. */
const outwardBuiltins = ['child_process', 'cluster', 'dgram', 'dns', 'http', 'http2', 'https', 'inspector', 'net', 'tls', 'worker_threads']

/** The layers, most particular first: a file belongs to the first one that names it. */
const layers: Layer[] = [
  { name: 'contract', at: ['main/contract/'], files: [], packages: ['zod'], builtins: 'none' },
  {
    name: 'domain',
    at: ['main/core/domain/'],
    files: ['main/contract/', 'workers/protocol.ts', 'main/core/errors.ts', 'main/core/catalog.ts'],
    packages: ['zod'],
    builtins: 'pure',
  },
  {
    name: 'core',
    at: ['main/core/'],
    files: ['main/contract/', 'main/core/', 'workers/protocol.ts'],
    packages: ['zod', 'kysely'],
    builtins: 'local',
  },
  {
    name: 'adapters',
    at: ['main/adapters/'],
    files: ['main/contract/', 'main/core/', 'workers/protocol.ts', 'models/load.ts'],
    packages: '*',
    builtins: 'all',
  },
  {
    name: 'window host',
    at: ['main/hosts/electron/', 'main/hosts/preload.ts'],
    files: ['main/'],
    packages: ['electron', 'zod'],
    builtins: 'all',
  },
  { name: 'hosts', at: ['main/hosts/'], files: ['main/', 'workers/protocol.ts'], packages: '*', builtins: 'all' },
  { name: 'protocol', at: ['workers/protocol.ts', 'workers/shapes.ts'], files: ['workers/shapes.ts'], packages: ['zod'], builtins: 'none' },
  { name: 'workers', at: ['workers/'], files: ['workers/', 'models/'], packages: '*', builtins: 'all' },
  { name: 'training', at: ['models/train/'], files: ['models/', 'workers/'], packages: '*', builtins: 'all' },
  { name: 'models', at: ['models/'], files: [], packages: '*', builtins: 'all' },
  { name: 'renderer', at: ['renderer/'], files: ['main/contract/'], packages: '*', builtins: 'none' },
  { name: 'tests', at: ['tests/'], files: ['*'], packages: '*', builtins: 'all' },
]

/** Packages with native code or threads: the window's process must never load them (see ARCHITECTURE, "Processes"). */
const engineOnly = ['sharp', 'onnxruntime-node', 'piscina', 'kysely', 'node:sqlite', 'exifr', 'mediabunny']
/** Starts the app from a checkout; the installed app has no use for it. */
const developmentOnly: Place[] = ['main/hosts/launch.ts', 'main/hosts/launch/']
/** Packages the renderer may use only through the engine. */
const notInRenderer = [...engineOnly, 'execa', 'chokidar', 'write-file-atomic', 'commander']

export const ruleNames = [
  'layer',
  'package',
  'builtin',
  'electron',
  'window-load',
  'shipped',
  'missing',
  'computed',
  'cycle',
  'homeless',
] as const
type RuleName = (typeof ruleNames)[number]

const within = (path: string, places: Place[]) =>
  places.some((place) => place === '*' || (place.endsWith('/') ? path.startsWith(place) : path === place))
const layerOf = (path: string) => layers.find((layer) => within(path, layer.at)) ?? null
const isCode = (path: string) => /\.(ts|tsx|mts|cts)$/.test(path) && !path.endsWith('.d.ts')
const packageName = (name: string) => (name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : (name.split('/')[0] ?? name))

function targetOf(from: string, to: string, builtin: (name: string) => boolean): Target {
  const bare = to.split('?')[0] ?? to
  if (bare.startsWith('.')) return { kind: 'file', path: posix.normalize(posix.join(posix.dirname(from), bare)) }
  if (bare.startsWith('node:')) return { kind: 'package', name: bare }
  if (builtin(bare)) return { kind: 'package', name: `node:${bare}` }
  return { kind: 'package', name: packageName(bare) }
}

export type Project = {
  /** Path → source of every TypeScript file. */
  sources: Map<string, string>
  /** Paths of all files, so that an import of a style sheet or JSON resolves. */
  files: Set<string>
  /** Names under `dependencies` and `optionalDependencies`: what the installed app carries. */
  shipped: Set<string>
  builtin: (name: string) => boolean
}

/** Everything the import rules forbid in this project; empty when it keeps them. */
export function findViolations(project: Project): Violation[] {
  const found: Violation[] = []
  const report = (rule: RuleName, where: string, because: string) => found.push({ rule, where, because })
  const edges: Edge[] = []
  for (const [from, source] of project.sources) {
    if (!isCode(from)) continue
    if (from.includes('/') && !layerOf(from))
      report('homeless', from, 'expected a file of main/, renderer/, workers/, models/ or tests/, got a folder without rules')
    for (const one of importsOf(from, source)) {
      if (one.computed) {
        if (layerOf(from)?.packages !== '*')
          report('computed', `${from}:${one.line}`, 'expected a literal name, got a computed import that no rule can see')
        continue
      }
      edges.push({ from, to: targetOf(from, one.to, project.builtin), import: one })
    }
  }
  for (const edge of edges) {
    const where = `${edge.from}:${edge.import.line}`
    const layer = layerOf(edge.from)
    if (edge.to.kind === 'file') checkFile(edge.to.path, layer, project, (rule, because) => report(rule, where, because))
    else checkPackage(edge.to.name, edge, layer, project, (rule, because) => report(rule, where, because))
  }
  checkWindowLoad(edges, report)
  for (const cycle of findCycles(edges)) report('cycle', cycle[0] ?? '', `expected no cycle, got ${[...cycle, cycle[0]].join(' → ')}`)
  return found
}

function checkFile(path: string, layer: Layer | null, project: Project, report: (rule: RuleName, because: string) => void) {
  if (!project.files.has(path)) report('missing', `expected a file, got ${path}, which does not exist`)
  if (!layer) return
  const allowed = within(path, layer.files) || within(path, layer.at)
  const crossesHosts = path.startsWith('main/hosts/electron/') && !['window host', 'tests'].includes(layer.name)
  if (!allowed || crossesHosts) report('layer', `${layer.name} may import ${[...layer.at, ...layer.files].join(', ')}; got ${path}`)
}

function checkPackage(name: string, edge: Edge, layer: Layer | null, project: Project, report: (rule: RuleName, because: string) => void) {
  if (name === 'electron') {
    if (layer?.name !== 'window host') report('electron', 'expected electron only under main/hosts/electron/ and in main/hosts/preload.ts')
    return
  }
  if (!layer) return
  if (name.startsWith('node:')) {
    const allowed = {
      none: edge.import.typeOnly && layer.name === 'protocol',
      pure: pureBuiltins.includes(name.replace(/^(node:[a-z_0-9]+)\/.*$/, '$1')),
      local: edge.import.typeOnly || !outwardBuiltins.includes(name.replace(/^node:([a-z_0-9]+).*$/, '$1')),
      all: true,
    }[layer.builtins]
    if (!allowed) report('builtin', `${layer.name} may import ${layer.builtins === 'none' ? 'no' : layer.builtins} builtins; got ${name}`)
    return
  }
  const listed = layer.packages === '*' || layer.packages.includes(name)
  if (!listed || (layer.name === 'renderer' && notInRenderer.includes(name))) report('package', `${layer.name} may not import ${name}`)
  const travels =
    ['contract', 'domain', 'core', 'adapters', 'hosts', 'protocol', 'workers', 'models'].includes(layer.name) &&
    !within(edge.from, developmentOnly)
  if (travels && listed && !edge.import.typeOnly && !project.shipped.has(name))
    report('shipped', `expected ${name} under dependencies (the installed app runs this file), but it is not there`)
}

/** Follows what really loads (types vanish) from the window's process and says the way to anything that belongs to the engine. */
function checkWindowLoad(edges: Edge[], report: (rule: RuleName, where: string, because: string) => void) {
  const byFile = Map.groupBy(
    edges.filter((edge) => !edge.import.typeOnly),
    (edge) => edge.from,
  )
  const seen = new Set<string>()
  const visit = (path: string, way: string[]) => {
    if (seen.has(path)) return
    seen.add(path)
    for (const edge of byFile.get(path) ?? []) {
      if (edge.to.kind === 'file') visit(edge.to.path, [...way, edge.to.path])
      else if (engineOnly.includes(edge.to.name))
        report('window-load', `${path}:${edge.import.line}`, `the window's process would load ${edge.to.name}: ${way.join(' → ')}`)
    }
  }
  for (const path of byFile.keys()) if (layerOf(path)?.name === 'window host') visit(path, [path])
}

/** Cycles among files, type imports included, each named once from its alphabetically first file (Tarjan). */
function findCycles(edges: Edge[]): string[][] {
  const next = new Map<string, string[]>()
  for (const { from, to } of edges) if (to.kind === 'file') next.set(from, [...(next.get(from) ?? []), to.path])
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const cycles: string[][] = []
  const visit = (path: string) => {
    const index = order.size
    order.set(path, index)
    low.set(path, index)
    stack.push(path)
    for (const to of next.get(path) ?? []) {
      if (!order.has(to)) visit(to)
      if (stack.includes(to)) low.set(path, Math.min(low.get(path) ?? index, low.get(to) ?? index))
    }
    if (low.get(path) !== index) return
    const group = stack.splice(stack.indexOf(path)).sort()
    if (group.length > 1 || next.get(path)?.includes(path)) cycles.push(group)
  }
  for (const path of next.keys()) if (!order.has(path)) visit(path)
  return cycles
}
