/** What a picture shows of its product, when a person says so: front, back, detail … */
export const set = `
alter table product_asset add column role text;
`
