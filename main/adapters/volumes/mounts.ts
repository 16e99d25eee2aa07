import { readFile } from 'node:fs/promises'

/** One line of the system's mount table. `source` is a device path where there is one. */
export type Mount = { path: string; source: string; type: string; device: string }

/** `\040` and the like are how the kernel writes blanks in paths. */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

/**
 * Linux's own mount table, newest mount last; null where there is none (then nothing is known about mounts). Never touches a mounted volume.
 * Format: proc_pid_mountinfo(5).
 */
export async function mountTable(): Promise<Mount[] | null> {
  const text = await readFile('/proc/self/mountinfo', 'latin1').catch(() => null)
  return text === null ? null : parseMounts(text)
}

export function parseMounts(text: string): Mount[] {
  const mounts: Mount[] = []
  for (const line of text.split('\n')) {
    const [left = '', right] = line.split(' - ')
    const fields = left.split(' ')
    const [type, source] = (right ?? '').split(' ')
    const [, , device, , path] = fields
    if (device === undefined || path === undefined || type === undefined || source === undefined) continue
    // The bytes of a name, read as Latin-1 so that none is lost, back to text.
    const bytes = Buffer.from(unescaped(path), 'latin1')
    mounts.push({ path: bytes.toString('utf8'), source: unescaped(source), type, device })
  }
  return mounts
}

/** Disks of other machines, and what is no disk at all: never a card, and the ones that hang. */
export const isElsewhere = (type: string): boolean =>
  /^(nfs|cifs|smb|9p|ceph|afs|fuse\.(sshfs|rclone|davfs|glusterfs|gvfsd)|autofs|proc|sysfs|cgroup|overlay)/.test(type)
