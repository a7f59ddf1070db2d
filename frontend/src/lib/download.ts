import { authorizedFetch } from './api'
import { errorOf, NoAnswer } from './errors'

/** Saves what the API gives at `path` as a file. A download that breaks off saves nothing. */
export async function download(path: string, onProgress: (bytes: number) => void): Promise<void> {
  const response = await authorizedFetch(new Request(new URL(path, location.origin)))
  if (!response.ok) throw await errorOf(response)
  const type = response.headers.get('Content-Type') ?? ''
  save(new Blob(await chunksOf(response, onProgress), { type }), nameOf(response))
}

async function chunksOf(response: Response, onProgress: (bytes: number) => void): Promise<BlobPart[]> {
  const chunks: BlobPart[] = []
  let bytes = 0
  const reader = response.body?.getReader()
  try {
    for (let piece = await reader?.read(); piece?.value; piece = await reader?.read()) {
      chunks.push(piece.value)
      bytes += piece.value.byteLength
      onProgress(bytes)
    }
  } catch (error) {
    throw new NoAnswer('the download broke off', { cause: error })
  }
  return chunks
}

function nameOf(response: Response): string {
  return /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? 'export'
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  // the browser has taken the file by then
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
