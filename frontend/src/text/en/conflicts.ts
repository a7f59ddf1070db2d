/** Where the person has to decide between two versions of a task. */
export const conflicts = {
  title: 'Changes that need a decision',
  none: 'Everything is decided.',
  field: 'Field',
  yours: 'Yours',
  others: 'On the server',
  reason: {
    changed: (_detail: string) => 'It was changed elsewhere while you changed it here.',
    trashed: (_detail: string) => 'It was moved to the trash elsewhere while you changed it here.',
    gone: (_detail: string) => 'It was deleted elsewhere while you changed it here.',
    refused: (detail: string) => `The server does not take it: ${detail}`,
  },
  mine: {
    changed: 'Keep mine',
    trashed: 'Restore it with my changes',
    gone: 'Make it again with my changes',
    refused: 'Try again',
  },
  theirs: {
    changed: 'Keep the other',
    trashed: 'Leave it in the trash',
    gone: 'Let it go',
    refused: 'Discard',
  },
  fields: {
    title: 'Title',
    description: 'Description',
    priority: 'Priority',
    due_date: 'Due date',
    due_time: 'Time',
    timezone: 'Time zone',
    tags: 'Tags',
    parent_id: 'Part of',
  },
}
