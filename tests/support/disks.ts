import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { platform, userInfo } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { tempFolder } from './temp.ts'

/** Mounting needs it; suites that mount say `[needs root on Linux]` in their title and skip elsewhere. */
export const linuxRoot: boolean = platform() === 'linux' && userInfo().uid === 0

const present = (program: string): boolean => ['/sbin', '/usr/sbin', '/bin', '/usr/bin'].some((folder) => existsSync(join(folder, program)))
export const exfatHere: boolean = linuxRoot && present('mkfs.exfat') && present('mount.exfat-fuse')
export const ext4Here: boolean = linuxRoot && present('mkfs.ext4')

/** A mounted disk of its own, taken away when the test ends. */
export type Disk = {
  dir: string
  /** The file behind the loop device; null for a disk in memory. */
  image: string | null
  /** As when the cable is pulled: the folder is empty at once, open files live on. */
  pull(): void
  /** Unmounts tidily and mounts again: nothing is left in the page cache. */
  again(options?: string): void
}

const run = (program: string, ...args: string[]): void => void execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
const quiet = (program: string, ...args: string[]): void => void spawnSync(program, args, { stdio: 'ignore' })

function mounted(dir: string, image: string | null, mount: (options: string) => void): Disk {
  mkdirSync(dir)
  mount('rw')
  // Where udev runs, it learns of a disk a moment later; who the disk is, is read from there.
  quiet('udevadm', 'settle')
  onTestFinished(() => {
    // A disk that was pulled is not there any more; several mounts may lie over one another.
    while (spawnSync('mountpoint', ['-q', dir]).status === 0 && spawnSync('umount', ['-l', dir], { stdio: 'ignore' }).status === 0);
  })
  return {
    dir,
    image,
    pull: () => run('umount', '-l', dir),
    again: (options = 'rw') => {
      quiet('umount', dir)
      mount(options)
      quiet('udevadm', 'settle')
    },
  }
}

/** A disk in memory. @param size as `mount` takes it, "24m" */
export function memoryDisk(size: string, options = 'rw'): Disk {
  const dir = join(tempFolder('disk'), 'disk')
  return mounted(dir, null, () => run('mount', '-t', 'tmpfs', '-o', `size=${size},${options}`, 'tmpfs', dir))
}

function image(megabytes: number): { dir: string; file: string } {
  const folder = tempFolder('disk')
  const file = join(folder, 'image')
  writeFileSync(file, '')
  truncateSync(file, megabytes * 1024 * 1024)
  return { dir: join(folder, 'disk'), file }
}

/** An ext4 disk in a file, through a loop device. */
export function ext4Disk(megabytes = 64): Disk {
  const { dir, file } = image(megabytes)
  run('mkfs.ext4', '-q', '-F', file)
  return mounted(dir, file, (options) => run('mount', '-o', `loop,${options}`, file, dir))
}

/** What cameras and cheap outside disks have: no hard links, no modes, names that ignore case. */
export function exfatDisk(megabytes = 64): Disk {
  const { dir, file } = image(megabytes)
  run('mkfs.exfat', file)
  const device = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim()
  onTestFinished(() => quiet('losetup', '--detach', device))
  return mounted(dir, file, (options) => run('mount.exfat-fuse', '-o', options, device, dir))
}
