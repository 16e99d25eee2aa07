/** What is wrong with an address that other programs would be told at; null = nothing. Empty is nobody. */
export function webhookProblem(address: string): string | null {
  if (address === '') return null
  if (!URL.canParse(address)) return 'That is not a whole address. It begins with https://.'
  const { protocol, hostname } = new URL(address)
  const isHere = hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]'
  if (protocol === 'https:' || (protocol === 'http:' && isHere)) return null
  return protocol === 'http:' ? 'Plain http is only for this computer; use https for another one.' : 'It has to begin with https://.'
}
