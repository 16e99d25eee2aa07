import type { ImportPlan, Receipt } from '../../../main/contract/views.ts'
import { fakeId } from './fake-data.ts'
import type { PublishingParts } from './fake-parts.ts'

/** The FAKE engine's report and sheets. */
export function fakeReporting({
  listings,
  refused,
  isLive,
  titleOf,
}: Pick<PublishingParts, 'listings' | 'refused'> & { isLive: () => boolean; titleOf: (dropId: string | null) => string }) {
  const receipt = (dropId: string | null): Receipt => {
    const live = isLive()
    const all = live ? listings().slice(0, 8) : []
    return {
      title: titleOf(dropId),
      from: '2026-05-03T16:02:11.000Z',
      shot: 260,
      picked: 41,
      published: all.length,
      lines: all.map(({ id, title, assets }, at) => ({
        productId: id,
        title,
        sku: at === 1 ? null : `BOWL-${at + 1}`,
        catalog: at % 3 === 2 ? 'shopify' : 'local',
        state: at === 4 ? 'sending' : 'published',
        images: assets.length,
        clips: at === 0 ? 1 : 0,
        url: at % 3 === 2 ? `https://mira-ceramics.myshopify.com/products/${at}` : null,
        liveAt: at === 4 ? null : '2026-05-03T18:20:00.000Z',
        minutesFromCard: at === 4 ? null : 17.8 + at * 3,
      })),
      reuse: all.slice(0, 4).map(({ assets }, at) => ({
        assetId: assets[0] ?? fakeId(0, 0),
        name: `IMG_${String(at + 12).padStart(4, '0')}.JPG`,
        listings: at === 0 ? 2 : 1,
        channels: at === 1 ? 2 : 1,
      })),
    }
  }
  const importPlan = (text: string): ImportPlan => ({
    lines: text
      .split(/\r?\n/)
      .slice(1)
      .filter((line) => line !== '')
      .map((line, at) => {
        const [sku = '', title = '', price = ''] = line.split(',')
        const isBad = price !== '' && !/^\d/.test(price)
        return {
          line: at + 2,
          sku,
          title,
          does: isBad ? 'refused' : at === 0 ? 'change' : at === 1 ? 'same' : 'new',
          because: isBad ? `“${price}” is not a price` : null,
        }
      }),
    columns: { sku: 'SKU', title: 'Title', price: 'Price' },
    ignored: ['Weight'],
  })
  return {
    answers: {
      'product.import': ({ text }: { text: string }) =>
        text.startsWith('SKU')
          ? importPlan(text)
          : refused(
              'No column of this sheet is called SKU or title',
              'Its first line must name the columns, for example: SKU,Title,Price,Stock',
            ),
      'report.receipt': ({ dropId }: { dropId: string | null }) => receipt(dropId),
      'report.csv': ({ dropId }: { dropId: string | null }) => ({
        text: [
          'product,sku,catalog,state',
          ...receipt(dropId).lines.map((line) => `${line.title},${line.sku ?? ''},${line.catalog},${line.state}`),
        ].join('\r\n'),
      }),
    } as const,
  }
}
