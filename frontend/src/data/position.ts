const WHOLE_DIGITS = 14

/**
 * Where a task stands until the server says it: behind `before` and ahead of `after`, in the order of their bytes.
 * The server's positions are 14 hexadecimal digits and a fraction in base 62 that does not end in 0.
 */
export function positionBetween(before: string | null, after: string | null): string {
  if (before === null) return after === null ? '8'.padEnd(WHOLE_DIGITS, '0') : wholeBelow(after)
  let middle = `${before}V`
  while (after !== null && middle >= after && middle.length < after.length + 2)
    middle = `${middle.slice(0, -1)}0V`
  return middle
}

function wholeBelow(position: string): string {
  const whole = BigInt(`0x${position.slice(0, WHOLE_DIGITS)}`)
  return (whole > 0n ? whole - 1n : 0n).toString(16).padStart(WHOLE_DIGITS, '0')
}
