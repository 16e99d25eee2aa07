import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { CatalogMedia } from '../../../../main/core/catalog.ts'
import { answers, freePort } from '../../../support/port.ts'
import { image } from '../shop.ts'
import { filesIn, type Place } from './places.ts'
import { wholeLife } from './whole.ts'

// Servers from the system's packages, where they are installed: apt-get install --no-install-recommends openssh-server apache2 vsftpd.
const modules = '/usr/lib/apache2/modules'
const sshd = existsSync('/usr/sbin/sshd') && existsSync('/usr/lib/openssh/sftp-server')
const apache = existsSync('/usr/sbin/apache2') && existsSync(join(modules, 'mod_dav_fs.so'))

// vsftpd changes into its folder as root.
const vsftpd = existsSync('/usr/sbin/vsftpd') && userInfo().uid === 0

async function scratch(): Promise<{ home: string; root: string; pictures: CatalogMedia[] }> {
  const home = await mkdtemp(join(tmpdir(), 'dropcard-real-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const root = join(home, 'root')
  await mkdir(root)
  return { home, root, pictures: await Promise.all([1, 2, 3].map((seed) => image(join(home, 'made'), seed))) }
}

async function serve(program: string, args: string[], port: number): Promise<void> {
  const child = spawn(program, args, { stdio: 'ignore', detached: true })
  onTestFinished(async () => {
    if (child.pid === undefined || child.exitCode !== null) return
    const gone = once(child, 'exit')
    process.kill(-child.pid, 'SIGKILL')
    await gone
  })
  await answers(port, () => false, 100)
}

const place = (root: string, config: Record<string, string>, secrets: Record<string, string>): Place => ({
  config,
  secrets,
  files: () => filesIn(root),
  [Symbol.asyncDispose]: async () => undefined,
})

describe.skipIf(!sshd)(`a real OpenSSH server${sshd ? '' : ' [needs openssh-server]'}`, () => {
  it('takes a whole life of a listing', async () => {
    const { home, root, pictures } = await scratch()
    const port = await freePort()
    for (const name of ['host', 'user']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(home, name)])
    await writeFile(join(home, 'authorized'), await readFile(join(home, 'user.pub')))
    await chmod(join(home, 'authorized'), 0o600)
    const settings = {
      Port: String(port),
      ListenAddress: '127.0.0.1',
      HostKey: join(home, 'host'),
      AuthorizedKeysFile: join(home, 'authorized'),
      PidFile: join(home, 'pid'),
      StrictModes: 'no',
      UsePAM: 'no',
      PasswordAuthentication: 'no',
      Subsystem: 'sftp internal-sftp',
    }
    await writeFile(
      join(home, 'config'),
      Object.entries(settings)
        .map(([name, value]) => `${name} ${value}\n`)
        .join(''),
    )
    if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true })
    await serve('/usr/sbin/sshd', ['-D', '-f', join(home, 'config')], port)
    const fingerprint = execFileSync('ssh-keygen', ['-lf', join(home, 'host.pub')], { encoding: 'utf8' }).split(' ')[1] ?? ''
    const config = { target: 'sftp', address: `sftp://127.0.0.1:${port}${root}`, user: userInfo().username, fingerprint }
    await wholeLife(place(root, config, { privateKey: await readFile(join(home, 'user'), 'utf8') }), pictures)
    expect((await filesIn(root)).size).toBeGreaterThan(0)
  })
})

describe.skipIf(!apache)(`a real Apache with mod_dav${apache ? '' : ' [needs apache2]'}`, () => {
  it('takes a whole life of a listing', async () => {
    const { home, root, pictures } = await scratch()
    const port = await freePort()
    // bcrypt of "dav-secret" is not needed: Apache's own SHA-1 form does for a test.
    const hash = execFileSync('openssl', ['dgst', '-sha1', '-binary'], { input: 'dav-secret' }).toString('base64')
    await writeFile(join(home, 'users'), `seller:{SHA}${hash}\n`)
    const loaded = ['mpm_event', 'dav', 'dav_fs', 'auth_basic', 'authn_core', 'authn_file', 'authz_core', 'authz_user', 'mime']
    const isRoot = userInfo().uid === 0
    await writeFile(
      join(home, 'apache.conf'),
      [
        ...loaded.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`),
        `Listen 127.0.0.1:${port}`,
        'ServerName 127.0.0.1',
        `ServerRoot ${home}`,
        `PidFile ${home}/apache.pid`,
        `ErrorLog ${home}/error.log`,
        'TypesConfig /etc/mime.types',
        `DavLockDB ${home}/locks`,
        `DocumentRoot ${root}`,
        ...(isRoot ? ['User www-data', 'Group www-data'] : []),
        `<Directory ${root}>`,
        'Dav On',
        'AuthType Basic',
        'AuthName shop',
        `AuthUserFile ${home}/users`,
        'Require valid-user',
        '</Directory>',
        '',
      ].join('\n'),
    )
    if (isRoot) execFileSync('chown', ['-R', 'www-data', home])
    await chmod(home, 0o755)
    await serve('/usr/sbin/apache2', ['-D', 'FOREGROUND', '-f', join(home, 'apache.conf')], port)
    await wholeLife(
      place(root, { target: 'webdav', address: `http://127.0.0.1:${port}/`, user: 'seller' }, { password: 'dav-secret' }),
      pictures,
    )
    expect((await filesIn(root)).size).toBeGreaterThan(0)
  })
})

describe.skipIf(!vsftpd)(`a real vsftpd with TLS${vsftpd ? '' : ' [needs vsftpd and root]'}`, () => {
  it('takes a whole life of a listing', async () => {
    const { home, root, pictures } = await scratch()
    const port = await freePort()
    const www = join(root, 'www')
    await mkdir(www)
    const [key, certificate] = [join(home, 'key.pem'), join(home, 'certificate.pem')]
    const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '2', '-subj', '/CN=127.0.0.1']
    execFileSync('openssl', ['req', '-x509', ...made, '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' })
    await chmod(home, 0o755)
    execFileSync('chown', ['ftp', www])
    await mkdir('/var/run/vsftpd/empty', { recursive: true })
    const yes = ['listen', 'anonymous_enable', 'no_anon_password', 'write_enable', 'anon_upload_enable', 'anon_mkdir_write_enable']
    const also = ['anon_other_write_enable', 'ssl_enable', 'allow_anon_ssl', 'force_anon_logins_ssl', 'force_anon_data_ssl']
    const settings = [
      ...[...yes, ...also].map((name) => `${name}=YES`),
      ...['background', 'anon_world_readable_only', 'seccomp_sandbox'].map((name) => `${name}=NO`),
      'listen_address=127.0.0.1',
      `listen_port=${port}`,
      `anon_root=${root}`,
      'anon_umask=022',
      `rsa_cert_file=${certificate}`,
      `rsa_private_key_file=${key}`,
      'pasv_address=127.0.0.1',
      'secure_chroot_dir=/var/run/vsftpd/empty',
    ]
    await writeFile(join(home, 'vsftpd.conf'), `${settings.join('\n')}\n`)
    await serve('/usr/sbin/vsftpd', [join(home, 'vsftpd.conf')], port)
    const config = { target: 'ftp', address: `ftps://127.0.0.1:${port}/www`, user: 'anonymous' }
    await wholeLife(place(www, config, { password: 'none' }), pictures, { ca: await readFile(certificate, 'utf8') })
    expect((await filesIn(www)).size).toBeGreaterThan(0)
  })
})
