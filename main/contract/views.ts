/** What commands answer with, by part of the product; one door for those who show it. */
export * from './views/app.ts'
export * from './views/asset.ts'
export * from './views/clip.ts'
export * from './views/offload.ts'
export * from './views/product.ts'
export * from './views/publish.ts'
