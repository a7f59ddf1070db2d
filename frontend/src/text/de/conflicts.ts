import type { Text } from '../text'

export const conflicts: Text['conflicts'] = {
  title: 'Änderungen, die eine Entscheidung brauchen',
  none: 'Alles ist entschieden.',
  field: 'Feld',
  yours: 'Deine',
  others: 'Auf dem Server',
  reason: {
    changed: () => 'Sie wurde anderswo geändert, während du sie hier geändert hast.',
    trashed: () => 'Sie wurde anderswo in den Papierkorb gelegt, während du sie hier geändert hast.',
    gone: () => 'Sie wurde anderswo gelöscht, während du sie hier geändert hast.',
    refused: (detail) => `Der Server nimmt es nicht an: ${detail}`,
  },
  mine: {
    changed: 'Meine behalten',
    trashed: 'Mit meinen Änderungen wiederherstellen',
    gone: 'Mit meinen Änderungen neu anlegen',
    refused: 'Noch einmal versuchen',
  },
  theirs: {
    changed: 'Die andere behalten',
    trashed: 'Im Papierkorb lassen',
    gone: 'Nicht behalten',
    refused: 'Verwerfen',
  },
  fields: {
    title: 'Titel',
    description: 'Beschreibung',
    priority: 'Priorität',
    due_date: 'Fällig am',
    due_time: 'Uhrzeit',
    timezone: 'Zeitzone',
    tags: 'Tags',
    parent_id: 'Teil von',
  },
}
