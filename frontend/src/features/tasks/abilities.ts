/** What can be done to the tasks of a view: by its buttons, by keys, and to many at once. */
export type Ability = 'complete' | 'reopen' | 'edit' | 'trash' | 'restore' | 'remove'

export type Abilities = readonly Ability[]

export const OPEN: Abilities = ['complete', 'edit', 'trash']
export const COMPLETED: Abilities = ['reopen', 'trash']
export const TRASHED: Abilities = ['restore', 'remove']
