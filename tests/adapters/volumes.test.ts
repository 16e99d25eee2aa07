import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { parseMounts } from '../../main/adapters/volumes/mounts.ts'
import { createVolumes } from '../../main/adapters/volumes.ts'
import type { SeenCard, Volumes } from '../../main/core/ports.ts'
import { exfatDisk, exfatHere, ext4Disk, ext4Here, linuxRoot } from '../support/disks.ts'
import { tempFolder } from '../support/temp.ts'

const lookingAt = (roots: string, options: { everyMs?: number; withinMs?: number } = {}): Volumes => {
  vi.stubEnv('DROPCARD_VOLUMES', roots)
  const volumes = createVolumes(options)
  onTestFinished(() => {
    volumes[Symbol.dispose]()
    vi.unstubAllEnvs()
  })
  return volumes
}

const folders = (root: string, ...paths: string[]): void => {
  for (const path of paths) mkdirSync(join(root, path), { recursive: true })
}

test('cards are told from other folders, several at once, each with a key of its own', async () => {
  const [one, two] = [tempFolder('volumes'), tempFolder('volumes')]
  folders(one, 'EOS_DIGITAL/DCIM/100CANON', 'Untitled/PRIVATE/M4ROOT/CLIP', 'USB/Video/Holiday', '.hidden/DCIM', 'Empty')
  folders(two, 'A7S/SLOT 1/DCIM', 'A7S/SLOT 2/DCIM')
  writeFileSync(join(one, 'DCIM'), 'a file, not a volume')
  const cards = await lookingAt(`${one}:${two}`).cards()
  expect(cards).toEqual([
    { path: join(one, 'EOS_DIGITAL'), label: 'EOS_DIGITAL', key: `path:${join(one, 'EOS_DIGITAL')}`, twoSlots: false },
    { path: join(one, 'Untitled'), label: 'Untitled', key: `path:${join(one, 'Untitled')}`, twoSlots: false },
    { path: join(two, 'A7S'), label: 'A7S', key: `path:${join(two, 'A7S')}`, twoSlots: true },
  ])
})

const patient = { timeout: 30_000 }

test('a card that comes or goes is told once, and nothing is told when nothing changed', async () => {
  const root = tempFolder('volumes')
  folders(root, 'EOS/DCIM')
  const told: string[][] = []
  lookingAt(root, { everyMs: 20 }).watch((cards) => told.push(cards.map((card) => card.label)))
  await vi.waitFor(() => expect(told).toEqual([['EOS']]), patient)
  folders(root, 'USB/documents', 'NIKON/DCIM')
  await vi.waitFor(() => expect(told).toEqual([['EOS'], ['EOS', 'NIKON']]), patient)
  renameSync(join(root, 'EOS/DCIM'), join(root, 'EOS/DCIM-old'))
  await vi.waitFor(() => expect(told).toEqual([['EOS'], ['EOS', 'NIKON'], ['NIKON']]), patient)
  rmSync(join(root, 'NIKON'), { recursive: true })
  await vi.waitFor(() => expect(told.at(-1)).toEqual([]), patient)
  expect(told).toHaveLength(4)
})

test('the mount table is read as the kernel writes it', () => {
  const table = [
    '42 27 8:17 / /media/ann/EOS\\040DIGITAL\\0111 rw,nosuid shared:5 master:1 - vfat /dev/sdb1 rw,uid=1000',
    '43 27 0:50 / /mnt/nas rw - nfs4 server:/photos rw',
    '44 27 8:33 / /media/ann/Stra\u00c3\u009fe rw - exfat /dev/sdc1 rw',
    'a line from a later kernel',
    '',
  ]
  expect(parseMounts(table.join('\n'))).toEqual([
    { path: '/media/ann/EOS DIGITAL\t1', source: '/dev/sdb1', type: 'vfat', device: '8:17' },
    { path: '/mnt/nas', source: 'server:/photos', type: 'nfs4', device: '0:50' },
    { path: '/media/ann/Straße', source: '/dev/sdc1', type: 'exfat', device: '8:33' },
  ])
})

test.skipIf(!linuxRoot)('only what is really mounted counts below /media and /mnt [needs root on Linux]', async () => {
  const mounted = mkdtempSync('/mnt/dropcard-card-')
  const left = mkdtempSync('/mnt/dropcard-left-')
  onTestFinished(() => {
    execFileSync('umount', [mounted])
    rmdirSync(mounted)
    rmSync(left, { recursive: true })
  })
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mounted])
  folders('/', `${mounted}/DCIM`, `${left}/DCIM`)
  const found = (await lookingAt('').cards()).filter((card) => card.path.startsWith('/mnt/dropcard-'))
  expect(found).toEqual([{ path: mounted, label: basename(mounted), key: expect.stringMatching(/^label:.+:1048576$/), twoSlots: false }])
})

test.skipIf(!ext4Here)('a disk that is pulled is gone at once, and keeps its key when it comes back [needs root on Linux]', async () => {
  const disk = ext4Disk(16)
  folders(disk.dir, 'DCIM/100CANON')
  const volumes = lookingAt(dirname(disk.dir))
  const [before] = await volumes.cards()
  disk.pull()
  expect(await volumes.cards()).toEqual([])
  disk.again()
  expect([before?.path, await volumes.cards()]).toEqual([disk.dir, [before]])
  expect(before?.key).toMatch(/^(uuid|label):/)
})

/** The program that serves a FUSE mount, found by the folder it was started for. */
const server = (dir: string): number => {
  const serves = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir)
    } catch {
      return false
    }
  }
  return Number(readdirSync('/proc').find((pid) => /^\d+$/.test(pid) && serves(pid)))
}

test.skipIf(!exfatHere)('a disk that hangs holds up no other card [needs root on Linux and an exFAT driver]', async () => {
  const root = tempFolder('volumes')
  folders(root, 'EOS/DCIM')
  const disk = exfatDisk(16)
  folders(disk.dir, 'DCIM/100CANON')
  const volumes = lookingAt(`${root}:${dirname(disk.dir)}`, { everyMs: 20, withinMs: 3000 })
  const labels = (cards: SeenCard[]): string[] => cards.map((card) => card.label)
  const pid = server(disk.dir)
  // Nothing is known of it yet, so that it is left out while it hangs.
  process.kill(pid, 'SIGSTOP')
  onTestFinished(() => void process.kill(pid, 'SIGCONT'))
  expect(labels(await volumes.cards())).toEqual(['EOS'])
  folders(root, 'NIKON/DCIM')
  expect(labels(await volumes.cards())).toEqual(['EOS', 'NIKON'])
  process.kill(pid, 'SIGCONT')
  await vi.waitFor(async () => expect(labels(await volumes.cards())).toEqual(['EOS', 'NIKON', 'disk']), { timeout: 60_000 })
  // A card that was seen stays on the list while it hangs: a slow card has not been taken out.
  process.kill(pid, 'SIGSTOP')
  expect(labels(await volumes.cards())).toEqual(['EOS', 'NIKON', 'disk'])
  process.kill(pid, 'SIGCONT')
})
