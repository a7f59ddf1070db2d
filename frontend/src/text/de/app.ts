import { counter } from '../count'
import type { Text } from '../text'

const count = counter('de')

export const app: Text['app'] = {
  name: 'Todo',
  inbox: 'Eingang',
  today: 'Heute',
  upcoming: 'Demnächst',
  completed: 'Erledigt',
  trash: 'Papierkorb',
  search: 'Suche',
  stats: 'Statistik',
  settings: 'Einstellungen',
  series: 'Wiederkehrend',
  tags: 'Tags',
  menu: 'Menü',
  navigation: 'Haupt',
  skipToContent: 'Zum Inhalt springen',
  save: 'Speichern',
  cancel: 'Abbrechen',
  close: 'Schließen',
  delete: 'Löschen',
  undo: 'Rückgängig',
  retry: 'Noch einmal versuchen',
  loading: 'Lädt',
  loadMore: 'Mehr laden',
  more: 'Mehr',
  dismiss: 'Ausblenden',
  notifications: 'Mitteilungen',
  openPalette: 'Befehle',
  newVersion: 'Eine neue Version ist da.',
  reload: 'Neu laden',
  offline: 'Keine Verbindung. Änderungen bleiben auf diesem Gerät und werden später gesendet.',
  waiting: (changes) =>
    count(changes, { one: '# Änderung wartet auf das Senden', other: '# Änderungen warten auf das Senden' }),
  problems: (changes) =>
    count(changes, {
      one: '# Änderung braucht deine Entscheidung',
      other: '# Änderungen brauchen deine Entscheidung',
    }),
  dropped: (detail) => `Eine Änderung war nicht möglich: ${detail}`,
  fault: 'Etwas ist schiefgegangen. Lade die Seite neu; nichts Gespeichertes ist verloren.',
  notFound: 'Unter dieser Adresse gibt es nichts.',
  backHome: 'Zum Eingang',
  noAnswer: 'Der Server ist nicht erreichbar. Prüfe die Verbindung und versuche es noch einmal.',
}
