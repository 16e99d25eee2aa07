import type { CatalogProblem } from '../../../core/catalog.ts'

export const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''

/**
 * What a broken connection means. null = it is not about the connection. `changes`: what was asked for may have happened.
 */
export function brokenLine(thrown: unknown, where: string, changes: boolean): CatalogProblem | null {
  const code = codeOf(thrown)
  const message = thrown instanceof Error ? thrown.message : ''
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENETUNREACH' || code === 'EHOSTUNREACH')
    return { class: 'retryable', code: 'offline', message: `${where} cannot be reached (${code}). It goes on when the network is back.` }
  if (/^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|EPROTO)/.test(code))
    return {
      class: 'retryable',
      code: 'tls',
      message: `The secure connection to ${where} failed (${code}). Check this computer's clock and the server's certificate.`,
    }
  const isTimeout = code === 'ETIMEDOUT' || /timed? ?out/i.test(message)
  const isReset =
    ['ECONNRESET', 'EPIPE', 'ECONNABORTED'].includes(code) || /closed|not connected|no response|ended|reset|FIN/i.test(message)
  if (!isTimeout && !isReset) return null
  const end = isTimeout ? `${where} did not answer in time.` : `The connection to ${where} broke off.`
  const rest = changes ? 'It is not known whether it took the change; it will be looked up first.' : 'Nothing was changed under a name.'
  return { class: changes ? 'ambiguous' : 'retryable', code: isTimeout ? 'timeout' : 'reset', message: `${end} ${rest}` }
}
