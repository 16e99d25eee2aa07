import { isBuiltin } from 'node:module'
import { describe, expect, it } from 'vitest'
import { findViolations, ruleNames } from './import-rules.ts'
import { importsOf } from './imports.ts'

/** A project of a few files; whatever they import from it must be among them. */
function check(files: Record<string, string>, shipped: string[] = ['zod', 'kysely', 'sharp', 'piscina', 'execa', 'onnxruntime-node']) {
  const found = findViolations({
    sources: new Map(Object.entries(files)),
    files: new Set(Object.keys(files)),
    shipped: new Set(shipped),
    builtin: isBuiltin,
  })
  return found.map(({ rule, where }) => `${rule} ${where}`)
}

/** One small tree that breaks each rule exactly where the list says. */
const broken: { says: string[]; files: Record<string, string> }[] = [
  { says: ['package main/contract/a.ts:1'], files: { 'main/contract/a.ts': "import { x } from 'kysely'" } },
  { says: ['builtin main/contract/a.ts:1'], files: { 'main/contract/a.ts': "import { join } from 'path'" } },
  {
    says: ['layer main/contract/a.ts:2'],
    files: { 'main/contract/a.ts': "import { z } from 'zod'\nimport type { P } from '../core/ports.ts'", 'main/core/ports.ts': '' },
  },
  { says: ['layer main/core/a.ts:1'], files: { 'main/core/a.ts': "import { b } from '../adapters/b.ts'", 'main/adapters/b.ts': '' } },
  {
    says: ['layer main/core/a.ts:1'],
    files: { 'main/core/a.ts': "import { b } from '../../workers/copy/file.ts'", 'workers/copy/file.ts': '' },
  },
  { says: ['package main/core/a.ts:1'], files: { 'main/core/a.ts': "import sharp from 'sharp'" } },
  { says: ['package main/core/a.ts:1'], files: { 'main/core/a.ts': "const run = await import('execa')" } },
  { says: ['builtin main/core/a.ts:1'], files: { 'main/core/a.ts': "export * from 'node:https'" } },
  { says: ['builtin main/core/a.ts:1'], files: { 'main/core/a.ts': "import dns from 'dns/promises'" } },
  { says: ['builtin main/core/a.ts:1'], files: { 'main/core/a.ts': "const threads = process.getBuiltinModule('node:worker_threads')" } },
  { says: ['builtin main/core/domain/a.ts:1'], files: { 'main/core/domain/a.ts': "import { readFile } from 'node:fs/promises'" } },
  {
    says: ['layer main/core/domain/a.ts:1'],
    files: { 'main/core/domain/a.ts': "import { db } from '../library/db.ts'", 'main/core/library/db.ts': '' },
  },
  { says: ['electron main/adapters/a.ts:1'], files: { 'main/adapters/a.ts': "import { app } from 'electron'" } },
  { says: ['electron tests/a.ts:1'], files: { 'tests/a.ts': "type App = import('electron').App" } },
  { says: ['electron main/hosts/cli.ts:1'], files: { 'main/hosts/cli.ts': "import { app } from 'electron/main'" } },
  { says: ['layer main/adapters/a.ts:1'], files: { 'main/adapters/a.ts': "import { b } from '../hosts/cli.ts'", 'main/hosts/cli.ts': '' } },
  {
    says: ['layer main/hosts/cli.ts:1'],
    files: { 'main/hosts/cli.ts': "import { b } from './electron/main.ts'", 'main/hosts/electron/main.ts': '' },
  },
  {
    says: ['layer main/hosts/cli.ts:1'],
    files: { 'main/hosts/cli.ts': "import { b } from '../../renderer/keys.ts'", 'renderer/keys.ts': '' },
  },
  { says: ['package main/hosts/electron/a.ts:1'], files: { 'main/hosts/electron/a.ts': "import { execa } from 'execa'" } },
  {
    says: ['window-load main/core/db.ts:1'],
    files: {
      'main/hosts/electron/a.ts': "import { b } from '../../core/db.ts'",
      'main/core/db.ts': "import { DatabaseSync } from 'node:sqlite'",
    },
  },
  { says: ['layer workers/a.ts:1'], files: { 'workers/a.ts': "import { e } from '../main/core/errors.ts'", 'main/core/errors.ts': '' } },
  { says: ['layer workers/protocol.ts:1'], files: { 'workers/protocol.ts': "import { b } from './copy/b.ts'", 'workers/copy/b.ts': '' } },
  {
    says: ['layer models/load.ts:1'],
    files: { 'models/load.ts': "import { e } from '../workers/protocol.ts'", 'workers/protocol.ts': '' },
  },
  {
    says: ['layer renderer/a.tsx:1'],
    files: { 'renderer/a.tsx': "import type { P } from '../main/core/ports.ts'", 'main/core/ports.ts': '' },
  },
  { says: ['builtin renderer/a.tsx:1'], files: { 'renderer/a.tsx': "import { join } from 'node:path'" } },
  { says: ['package renderer/a.tsx:1'], files: { 'renderer/a.tsx': "import sharp from 'sharp'" } },
  {
    says: ['layer workers/a.ts:1'],
    files: { 'workers/a.ts': "import { c } from '../tests/support/card.ts'", 'tests/support/card.ts': '' },
  },
  { says: ['shipped workers/a.ts:1'], files: { 'workers/a.ts': "import fc from 'fast-check'" } },
  { says: ['missing workers/a.ts:1'], files: { 'workers/a.ts': "import { b } from './b.ts'" } },
  { says: ['computed main/core/a.ts:2'], files: { 'main/core/a.ts': 'const name = [0].toString()\nawait import(name)' } },
  {
    says: ['cycle workers/a.ts'],
    files: {
      'workers/a.ts': "import { b } from './b.ts'",
      'workers/b.ts': "import type { c } from './c.ts'",
      'workers/c.ts': "export { a } from './a.ts'",
    },
  },
  { says: ['homeless scripts/a.ts'], files: { 'scripts/a.ts': 'export const a = 1' } },
]

describe('import rules', () => {
  it.each(broken)('names $says', ({ says, files }) => {
    expect(check(files)).toEqual(says)
  })

  it('has a tree above that breaks every rule', () => {
    const fired = new Set(broken.flatMap(({ says }) => says.map((line) => line.split(' ')[0])))
    expect(ruleNames.filter((rule) => !fired.has(rule))).toEqual([])
  })

  it('accepts the ways the layers are meant to reach each other', () => {
    const files = {
      'main/contract/ipc.ts': "import { z } from 'zod'\nimport type { V } from './views.ts'",
      'main/contract/views.ts': "import { z } from 'zod'",
      'main/core/ports.ts': "import type { V } from '../contract/views.ts'\nimport type { TaskIn } from '../../workers/protocol.ts'",
      'main/core/domain/plan.ts': "import { createHash } from 'node:crypto'\nimport { posix } from 'path'",
      'main/core/library/db.ts':
        "import { DatabaseSync } from 'node:sqlite'\nimport { Kysely } from 'kysely'\nimport { p } from '../domain/plan.ts'",
      'main/core/engine.ts': "import { db } from './library/db.ts'",
      'main/adapters/pool.ts':
        "import Piscina from 'piscina'\nimport type { P } from '../core/ports.ts'\nimport type { MessagePort } from 'node:worker_threads'",
      'main/hosts/engine.ts': "import { createEngine } from '../core/engine.ts'\nimport { pool } from '../adapters/pool.ts'",
      'main/hosts/launch.ts': "import { downloadArtifact } from 'extract-zip'",
      'main/hosts/electron/main.ts':
        "import { app } from 'electron'\nimport { commands } from '../../contract/ipc.ts'\nimport type { E } from '../../core/engine.ts'",
      'main/hosts/preload.ts': "import { contextBridge } from 'electron'\nimport { origin } from './electron/origin.ts'",
      'main/hosts/electron/origin.ts': '',
      'workers/cut/binaries.ts': 'const name = String(0)\nexport const found = import(name)',
      'workers/protocol.ts': "import type { MessagePort } from 'node:worker_threads'\nimport { z } from 'zod'",
      'workers/score/photo.ts':
        "import sharp from 'sharp'\nimport { open } from '../../models/load.ts'\nimport type { TaskIn } from '../protocol.ts'",
      'models/load.ts': "import * as ort from 'onnxruntime-node'",
      'renderer/cull/grid.tsx':
        "import { useState } from 'react'\nimport './grid.css'\nimport { commands } from '../../main/contract/ipc.ts'",
      'renderer/cull/grid.css': '',
      'tests/core/engine.test.ts':
        "import { createEngine } from '../../main/core/engine.ts'\nconst later = await import(String(createEngine))",
    }
    expect(check(files)).toEqual([])
  })

  it('sees every way to name another file, and knows which vanish before the code runs', () => {
    const source = `import type { A } from 'a'
import { type B } from 'b'
import { type C, c } from 'c'
import 'd'
export * from 'e'
export type { F } from 'f'
type G = import('g').G
import h = require('h')
const i = require('i'), j = import.meta.resolve('j'), k = require.resolve('k'), l = import('l')`
    expect(importsOf('x.ts', source).map(({ to, typeOnly }) => (typeOnly ? `(${to})` : to))).toEqual(
      '(a) (b) c d e (f) (g) h i j k l'.split(' '),
    )
    expect(() => importsOf('x.ts', 'import {')).toThrow(/x\.ts: expected TypeScript that parses/)
  })
})
