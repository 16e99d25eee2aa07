import { expect, test } from 'vitest'
import { csvCell, csvRows } from '../../../main/core/domain/csv.ts'
import { readMoney, readSheet, writeSheet } from '../../../main/core/domain/product-sheet.ts'

test('sheets of several shops are read by the names of their columns; what cannot be used says why, by line', () => {
  const shopify =
    '\uFEFFHandle,Title,Body (HTML),Variant SKU,Variant Price,Variant Inventory Qty\r\nmug,"Mug, blue","<p>Hand<br>made &amp; glazed</p>",MUG-1,18.50,4\r\n,,,MUG-2,abc,1\r\n'
  expect(readSheet(shopify, 'EUR')).toEqual({
    columns: { sku: 'Variant SKU', title: 'Title', description: 'Body (HTML)', price: 'Variant Price', stock: 'Variant Inventory Qty' },
    ignored: ['Handle'],
    lines: [
      {
        line: 2,
        sku: 'MUG-1',
        title: 'Mug, blue',
        description: 'Hand\nmade & glazed',
        price: { minor: 1850, currency: 'EUR' },
        stock: 4,
        because: null,
      },
      { line: 3, sku: 'MUG-2', title: null, description: null, price: null, stock: 1, because: '“abc” is not a price' },
    ],
  })
  const german = 'Artikelnummer;Bezeichnung;Preis;Bestand\nA1;"Vase ""groß""";1.234,50 €;3\nA1;Noch eine;5;viele\n;;;\n;;12;\n'
  expect(readSheet(german, 'EUR').lines.map((line) => [line.line, line.title, line.price?.minor ?? null, line.because])).toEqual([
    [2, 'Vase "groß"', 123_450, null],
    [3, 'Noch eine', 500, '“viele” is not a number of pieces'],
    [5, null, 1200, 'it has neither a SKU nor a title'],
  ])
})

test('prices as people write them', () => {
  const rows: [string, number | null, string][] = [
    ['12.50', 1250, 'EUR'],
    ['12,5', 1250, 'EUR'],
    ['€ 12', 1200, 'EUR'],
    ['1,200', 120_000, 'EUR'],
    ['1.200,00', 120_000, 'EUR'],
    ['1,234,567.89', 123_456_789, 'EUR'],
    ['$1,200.50', 120_050, 'USD'],
    ['JPY 1200', 1200, 'JPY'],
    ['12.5 KWD', 12_500, 'KWD'],
    ['12.555', 1_255_500, 'EUR'],
    ['12.5551', null, 'EUR'],
    ['-3', null, 'EUR'],
    ['free', null, 'EUR'],
  ]
  expect(rows.map(([text]) => readMoney(text, 'EUR'))).toEqual(
    rows.map(([, minor, currency]) => (minor === null ? null : { minor, currency })),
  )
})

test('a written cell is never a formula and reads back', () => {
  const cells = ['=1+1', '+cmd', '@x', ' \t-2', 'a "quoted", one', 'two\nlines', 'plain']
  expect(csvRows(cells.map(csvCell).join(','))[0]?.cells).toEqual([
    "'=1+1",
    "'+cmd",
    "'@x",
    "' \t-2",
    'a "quoted", one',
    'two\nlines',
    'plain',
  ])
})

test('what is written as a sheet is read again as it was, every currency with its own digits', () => {
  const products = [
    { sku: 'MUG-1', title: 'Mug, "blue"', description: 'Thrown\nby hand', price: { minor: 1850, currency: 'EUR' }, stock: 4 },
    { sku: null, title: 'Vase', description: '', price: { minor: 1200, currency: 'JPY' }, stock: null },
    { sku: 'TILE', title: 'Tile', description: '', price: null, stock: 0 },
    { sku: 'DISH', title: 'Dish', description: '', price: { minor: 1_234_567, currency: 'KWD' }, stock: 1 },
  ]
  const { lines, ignored } = readSheet(writeSheet(products), 'EUR')
  expect(ignored).toEqual([])
  expect(lines.map(({ line: _, because, description, ...rest }) => ({ ...rest, description: description ?? '', because }))).toEqual(
    products.map((one) => ({ ...one, because: null })),
  )
})
