import { expect, test } from 'vitest'
import { changeOf } from './use-motion'

const keyed = (keys: string) => [...keys].map((key) => ({ key }))

test('nothing moves as long as the order is the same', () => {
  expect(changeOf(keyed('abc'), keyed('abc'))).toBeNull()
})

test('what has another place moves, and only what is new arrives', () => {
  expect(changeOf(keyed('abc'), keyed('cab'))).toEqual({ isMoving: true, arrived: new Set() })
  expect(changeOf(keyed('abc'), keyed('ac'))).toEqual({ isMoving: true, arrived: new Set() })
  expect(changeOf(keyed('abc'), keyed('axbcy'))).toEqual({ isMoving: true, arrived: new Set('xy') })
})
