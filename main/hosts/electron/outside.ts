/** Pages that links in the app may open in the system's browser. Origins, compared whole. */
export const outsideOrigins: readonly string[] = ['https://ffmpeg.org']

/** True only for an https address whose origin is on the list, without a user name hiding in it. */
export function mayOpenOutside(url: string, origins: readonly string[] = outsideOrigins): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, origin, username, password } = new URL(url)
  return protocol === 'https:' && username === '' && password === '' && origins.includes(origin)
}
