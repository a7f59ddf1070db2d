let lastMilliseconds = 0
let counter = 0

/** RFC 9562, version 7: in the order of their making, also within one millisecond of this page. */
export function uuidv7(now = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  counter = now > lastMilliseconds ? ((bytes[6] ?? 0) & 0x07) << 8 : counter + 1
  lastMilliseconds = Math.max(now, lastMilliseconds) + (counter > 0xfff ? 1 : 0)
  counter &= 0xfff
  const hex = [...bytes.subarray(8)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const time = lastMilliseconds.toString(16).padStart(12, '0')
  const variant = ((Number.parseInt(hex.slice(0, 1), 16) & 0x3) | 0x8).toString(16)
  const random = counter.toString(16).padStart(3, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random}-${variant}${hex.slice(1, 4)}-${hex.slice(4)}`
}
