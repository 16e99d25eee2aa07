import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

export type HttpPart =
  | { name: string; text: string; type?: string }
  | { name: string; file: { path: string; bytes: number }; fileName: string; type: string }

/** What a request carries. Files are streamed from the disk with their exact length and never held in memory. */
export type HttpBody =
  | { kind: 'json'; value: unknown }
  | { kind: 'text'; text: string; type: string }
  /** application/x-www-form-urlencoded */
  | { kind: 'form'; fields: Readonly<Record<string, string>> }
  | { kind: 'file'; file: { path: string; bytes: number }; type: string }
  /** Already encoded by somebody else, with its exact length. */
  | { kind: 'stream'; chunks: AsyncIterable<Uint8Array>; bytes: number; type: string }
  /** multipart/form-data, parts in this order. */
  | { kind: 'multipart'; parts: readonly HttpPart[] }

type Piece = { bytes: Uint8Array } | { path: string; length: number }
/** `long`: holds files, so it must never be kept in memory. */
export type Encoded = { type: string; length: number; long: boolean; chunks: () => AsyncGenerator<Uint8Array> }

/** A file is not what was promised: nothing may be sent. */
export class FileChanged extends Error {}

/** Lays a body out. Throws `FileChanged` when a file is missing or has another length than was said. */
export async function encode(body: HttpBody): Promise<Encoded> {
  const utf8 = new TextEncoder()
  switch (body.kind) {
    case 'json':
      return laidOut('application/json', [{ bytes: utf8.encode(JSON.stringify(body.value)) }])
    case 'text':
      return laidOut(body.type, [{ bytes: utf8.encode(body.text) }])
    case 'form':
      return laidOut('application/x-www-form-urlencoded', [{ bytes: utf8.encode(new URLSearchParams(body.fields).toString()) }])
    case 'file':
      return laidOut(body.type, [{ path: body.file.path, length: body.file.bytes }])
    case 'stream':
      return { type: body.type, length: body.bytes, long: true, chunks: () => pass(body.chunks) }
    case 'multipart': {
      const boundary = `dropcard-${randomUUID()}`
      const pieces: Piece[] = []
      for (const part of body.parts) {
        const fileName = 'file' in part ? `; filename="${quoted(part.fileName)}"` : ''
        const type = part.type === undefined ? '' : `Content-Type: ${part.type}\r\n`
        const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(part.name)}"${fileName}\r\n${type}\r\n`
        pieces.push({ bytes: utf8.encode(head) })
        pieces.push('file' in part ? { path: part.file.path, length: part.file.bytes } : { bytes: utf8.encode(part.text) })
        pieces.push({ bytes: utf8.encode('\r\n') })
      }
      pieces.push({ bytes: utf8.encode(`--${boundary}--\r\n`) })
      return laidOut(`multipart/form-data; boundary=${boundary}`, pieces)
    }
  }
}

async function* pass(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks
}

async function laidOut(type: string, pieces: readonly Piece[]): Promise<Encoded> {
  let length = 0
  for (const piece of pieces) {
    if ('bytes' in piece) length += piece.bytes.length
    else {
      const there = await stat(piece.path).catch((cause: unknown) => {
        throw new FileChanged(`expected ${piece.length} bytes in ${piece.path}, but it cannot be read`, { cause })
      })
      if (!there.isFile() || there.size !== piece.length) {
        throw new FileChanged(`expected ${piece.length} bytes in ${piece.path}, found ${there.size}`)
      }
      length += piece.length
    }
  }
  return { type, length, long: pieces.some((piece) => 'path' in piece), chunks: () => chunksOf(pieces) }
}

async function* chunksOf(pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if ('bytes' in piece) yield piece.bytes
    else {
      let read = 0
      // One byte more than promised, so that a file that grew is noticed.
      for await (const chunk of createReadStream(piece.path, { end: piece.length }) as AsyncIterable<Buffer>) {
        read += chunk.length
        if (read > piece.length) break
        yield chunk
      }
      if (read !== piece.length) throw new FileChanged(`expected ${piece.length} bytes in ${piece.path}, it changed while it was sent`)
    }
  }
}

/** The quoting browsers use in multipart names: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
const quoted = (text: string) => text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
