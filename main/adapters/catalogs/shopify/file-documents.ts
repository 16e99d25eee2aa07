import { z } from 'zod'
import { type Document, fileStatus, id, media, userErrors } from './document.ts'

/** A file of any type; `image` is null until Shopify is done with it, so its name cannot be seen before. */
const file = z.object({
  __typename: z.string(),
  id,
  alt: z.string().nullish(),
  fileStatus: fileStatus.optional(),
  fileErrors: z.array(z.object({ code: z.string(), message: z.string() })).optional(),
  createdAt: z.string().optional(),
  image: z.object({ url: z.string(), width: z.number().nullish(), height: z.number().nullish() }).nullish(),
  originalSource: z.object({ fileSize: z.number().nullish() }).nullish(),
  filename: z.string().optional(),
})
export type ShopFile = z.infer<typeof file>
const FILE = `
fragment file on File {
  __typename id alt fileStatus createdAt fileErrors { code message }
  ... on MediaImage { image { url width height } originalSource { fileSize } }
  ... on Video { filename }
}`

const staged = z.object({
  stagedUploadsCreate: z.object({
    stagedTargets: z
      .array(
        z.object({
          url: z.string().nullish(),
          resourceUrl: z.string().nullish(),
          parameters: z.array(z.object({ name: z.string(), value: z.string() })),
        }),
      )
      .nullish(),
    userErrors,
  }),
})
/** Prepares a place for one file. Makes nothing that anyone could see, so its loss leaves no doubt. */
export const stageUpload: Document<z.infer<typeof staged>> = {
  name: 'stageUpload',
  changes: false,
  text: `mutation stageUpload($input: [StagedUploadInput!]!) {
    stagedUploadsCreate(input: $input) { stagedTargets { url resourceUrl parameters { name value } } userErrors { field message } }
  }`,
  data: staged,
}

const fileCreated = z.object({ fileCreate: z.object({ files: z.array(file).nullish(), userErrors }) })
export const createFile: Document<z.infer<typeof fileCreated>> = {
  name: 'createFile',
  changes: true,
  text: `mutation createFile($files: [FileCreateInput!]!) {
    fileCreate(files: $files) { files { ...file } userErrors { code field message } }
  } ${FILE}`,
  data: fileCreated,
}

const fileUpdated = z.object({ fileUpdate: z.object({ userErrors }) })
export const updateFiles: Document<z.infer<typeof fileUpdated>> = {
  name: 'updateFiles',
  changes: true,
  text: 'mutation updateFiles($files: [FileUpdateInput!]!) { fileUpdate(files: $files) { userErrors { code field message } } }',
  data: fileUpdated,
}

const fileDeleted = z.object({ fileDelete: z.object({ deletedFileIds: z.array(id).nullish(), userErrors }) })
export const deleteFile: Document<z.infer<typeof fileDeleted>> = {
  name: 'deleteFile',
  changes: true,
  text: 'mutation deleteFile($ids: [ID!]!) { fileDelete(fileIds: $ids) { deletedFileIds userErrors { code field message } } }',
  data: fileDeleted,
}

const filesById = z.object({ nodes: z.array(file.nullable()) })
export const readFiles: Document<z.infer<typeof filesById>> = {
  name: 'readFiles',
  changes: false,
  text: `query readFiles($ids: [ID!]!) { nodes(ids: $ids) { ...file } } ${FILE}`,
  data: filesById,
}

const whereabouts = z.object({
  product: z.object({ handle: z.string(), media: z.object({ nodes: z.array(media) }) }).nullable(),
  newest: z.object({ nodes: z.array(file) }),
})
/** The gallery of a product and the newest files of the shop: exact, whatever the search index knows. */
export const lookForFiles: Document<z.infer<typeof whereabouts>> = {
  name: 'lookForFiles',
  changes: false,
  text: `query lookForFiles($id: ID!) {
    product(id: $id) {
      handle
      media(first: 250) { nodes { __typename id alt mediaContentType status ... on MediaImage { image { url } } ... on Video { filename } } }
    }
    newest: files(first: 100, sortKey: CREATED_AT, reverse: true) { nodes { ...file } }
  } ${FILE}`,
  data: whereabouts,
}

const searched = z.object({ found: z.object({ nodes: z.array(file) }), control: z.object({ nodes: z.array(z.object({ id })) }) })
/**
 * Files by name. Shopify ignores what it does not understand in a search and then answers with any file: `control` asks for a name that no file has, and
 * whatever it finds shows that the search cannot be believed.
 */
export const searchFiles: Document<z.infer<typeof searched>> = {
  name: 'searchFiles',
  changes: false,
  text: `query searchFiles($query: String!, $control: String!) {
    found: files(first: 50, sortKey: CREATED_AT, query: $query) { nodes { ...file } }
    control: files(first: 1, query: $control) { nodes { id } }
  } ${FILE}`,
  data: searched,
}
