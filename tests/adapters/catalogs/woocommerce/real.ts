import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { answers, freePort } from '../../../support/port.ts'

const packaged = '/usr/share/wordpress'
const fixtures = resolve(import.meta.dirname, '../../../fixtures/shops/wordpress')
const path = `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin`
const has = (program: string): boolean => path.split(delimiter).some((folder) => existsSync(join(folder, program)))

/** Why there is no real WordPress here; null = there is one. */
export const noWordPress = !existsSync(join(packaged, 'wp-settings.php'))
  ? 'the package wordpress is not installed'
  : !has('php') || !has('mariadbd') || !has('mariadb-install-db')
    ? 'php or mariadb is not installed'
    : null

export type RealWordPress = {
  url: string
  password: string
  root: string
  php(code: string): string
  [Symbol.asyncDispose](): Promise<void>
}

/** WordPress from the system's package on a database of its own, in a temporary folder. */
export async function realWordPress(): Promise<RealWordPress> {
  const root = await mkdtemp(join(tmpdir(), 'dropcard-wordpress-'))
  const site = join(root, 'site')
  const [sql, web] = [await freePort(), await freePort()]
  const env = { ...process.env, PATH: path }
  const user = userInfo().username
  const stops: (() => Promise<void>)[] = []
  const start = (program: string, args: string[], more: NodeJS.ProcessEnv = {}) => {
    // Its own group: PHP's workers outlive their parent otherwise.
    const child = spawn(program, args, { env: { ...env, ...more }, stdio: 'ignore', detached: true })
    stops.unshift(async () => {
      if (child.exitCode !== null || child.pid === undefined) return
      const gone = once(child, 'exit')
      process.kill(-child.pid, 'SIGKILL')
      await gone
    })
  }
  const dispose = async () => {
    for (const stop of stops) await stop()
    await rm(root, { recursive: true, force: true })
  }
  try {
    const data = join(root, 'db')
    execFileSync(
      'mariadb-install-db',
      ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', `--user=${user}`],
      { env, stdio: 'ignore' },
    )
    start('mariadbd', [
      '--no-defaults',
      `--datadir=${data}`,
      `--port=${sql}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(root, 'db.sock')}`,
      `--user=${user}`,
      '--skip-grant-tables',
      '--skip-networking=0',
      '--innodb-flush-log-at-trx-commit=2',
    ])
    await cp(packaged, site, {
      recursive: true,
      dereference: true,
      filter: (from) => !from.endsWith('.htaccess') && !/wp-content\/(themes|languages)\/./.test(from),
    })
    await mkdir(join(site, 'wp-content', 'mu-plugins'), { recursive: true })
    await cp(join(fixtures, 'products.php'), join(site, 'wp-content', 'mu-plugins', 'products.php'))
    await writeFile(join(site, 'wp-config.php'), configOf(sql, web))
    await answers(sql)
    const php = (code: string): string => execFileSync('php', ['-r', code], { env, encoding: 'utf8' })
    php(`$db = new mysqli('127.0.0.1', 'root', '', '', ${sql}); $db->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');`)
    const said = execFileSync('php', [join(fixtures, 'install.php'), site], { env, encoding: 'utf8' })
    const password = /password=(\S+)/.exec(said)?.[1]
    if (password === undefined) throw new Error(`expected an application password from WordPress, got ${said.slice(0, 500)}`)
    const limits = ['upload_max_filesize=64M', 'post_max_size=70M', 'memory_limit=512M', 'display_errors=0']
    start('php', [...limits.flatMap((limit) => ['-d', limit]), '-S', `127.0.0.1:${web}`, '-t', site, join(fixtures, 'router.php')], {
      PHP_CLI_SERVER_WORKERS: '3',
    })
    await answers(web)
    const loaded = (code: string) => php(`require '${site}/wp-load.php'; ${code}`)
    return { url: `http://127.0.0.1:${web}`, password, root, php: loaded, [Symbol.asyncDispose]: dispose }
  } catch (thrown) {
    await dispose()
    throw thrown
  }
}

const configOf = (sql: number, web: number): string => `<?php
define( 'DB_NAME', 'wordpress' ); define( 'DB_USER', 'root' ); define( 'DB_PASSWORD', '' ); define( 'DB_HOST', '127.0.0.1:${sql}' );
define( 'DB_CHARSET', 'utf8mb4' ); define( 'DB_COLLATE', '' );
foreach ( array( 'AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT' ) as $name ) define( $name, 'for tests only ' . $name );
define( 'WP_ENVIRONMENT_TYPE', 'local' ); define( 'WP_HTTP_BLOCK_EXTERNAL', true ); define( 'DISABLE_WP_CRON', true ); define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'WP_HOME', 'http://127.0.0.1:${web}' ); define( 'WP_SITEURL', 'http://127.0.0.1:${web}' );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) define( 'ABSPATH', __DIR__ . '/' );
require_once ABSPATH . 'wp-settings.php';
`
