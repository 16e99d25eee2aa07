import type { Page } from '@playwright/test'

type Session = { send(method: string): Promise<unknown> }
type Frame = { _client: Session; _workerSessions: Map<string, Session> }
type Within = { _connection: { toImpl(page: Page): { delegate: { _mainFrameSession: Frame } } } }

/**
 * Playwright has the page and each of its workers keep what they fetch, in case a test asks for it: 2 to 4 MB a minute of culling, in the very process that is
 * measured. This ends that for the page and for the workers it has by now. There is no public way; where Playwright looks otherwise inside, this throws.
 */
export async function unrecorded(page: Page): Promise<void> {
  const { _client, _workerSessions } = (page as unknown as Within)._connection.toImpl(page).delegate._mainFrameSession
  for (const session of [_client, ..._workerSessions.values()]) await session.send('Network.disable')
}
