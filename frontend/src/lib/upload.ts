import { withToken } from './access-token'
import { errorOf, NoAnswer } from './errors'

interface Upload {
  path: string
  file: Blob
  type: string
  /** The share that has been sent, from 0 to 1. */
  onProgress: (share: number) => void
}

/** Sends a file by XMLHttpRequest, since `fetch` does not tell how much has been sent. Resolves to the answer's JSON. */
export async function upload(what: Upload): Promise<unknown> {
  const response = await withToken((token) => send(what, token))
  if (!response.ok) throw await errorOf(response)
  return response.json()
}

function send({ path, file, type, onProgress }: Upload, token: string | null): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', path)
    request.setRequestHeader('Content-Type', type)
    if (token !== null) request.setRequestHeader('Authorization', `Bearer ${token}`)
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / total)
    request.onload = () => {
      const wait = request.getResponseHeader('Retry-After')
      const headers = wait === null ? {} : { 'Retry-After': wait }
      resolve(new Response(request.responseText, { status: request.status, headers }))
    }
    request.onerror = () => reject(new NoAnswer('no answer'))
    request.send(file)
  })
}
