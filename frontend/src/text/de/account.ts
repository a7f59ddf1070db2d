import { counter } from '../count'
import type { Text } from '../text'

const count = counter('de')

export const account: Text['account'] = {
  logIn: 'Anmelden',
  register: 'Konto anlegen',
  email: 'E-Mail',
  identity: 'E-Mail oder Benutzername',
  password: 'Passwort',
  newPassword: 'Neues Passwort',
  passwordHint: 'Mindestens 8 Zeichen. Ein paar Wörter merken sich leichter als Sonderzeichen.',
  showPassword: 'Passwort anzeigen',
  firstName: 'Vorname (freiwillig)',
  forgot: 'Passwort vergessen?',
  isNew: 'Neu hier?',
  hasAccount: 'Hast du schon ein Konto?',
  language: 'Sprache',
  ended: 'Deine Sitzung ist zu Ende. Melde dich an, um weiterzumachen.',
  endedNote: 'Noch nicht gesendete Änderungen bleiben auf diesem Gerät erhalten.',
  forgotTitle: 'Passwort zurücksetzen',
  forgotNote: 'Wir senden dir einen Link, mit dem du ein neues Passwort setzen kannst.',
  sendLink: 'Link senden',
  linkSent: 'Sieh in deine Mails',
  linkSentNote: (email) =>
    `Wenn es ein Konto mit ${email} gibt, ist ein Link unterwegs. Er gilt einmal, 30 Minuten lang.`,
  backToLogin: 'Zurück zur Anmeldung',
  resetTitle: 'Neues Passwort setzen',
  resetNote: 'Du wirst überall abgemeldet.',
  setPassword: 'Passwort setzen',
  noToken: 'Dieser Link ist unvollständig. Fordere einen neuen an.',
  newLink: 'Neuen Link anfordern',
  passwordSet: 'Dein neues Passwort gilt. Melde dich damit an.',
  logOut: 'Abmelden',
  loggingOut: 'Abmeldung läuft',
  unsentTitle: (changes) =>
    count(changes, { one: '# Änderung ist nicht gesendet', other: '# Änderungen sind nicht gesendet' }),
  unsentNote: 'Wenn du dich abmeldest, wird alles aus deinem Konto von diesem Gerät entfernt.',
  sendFirst: 'Senden, dann abmelden',
  logOutAnyway: 'Abmelden und verlieren',
  stillUnsent:
    'Das Senden hat nicht geklappt. Prüfe die Verbindung, oder entscheide über Änderungen, die auf dich warten.',
  wait: (duration) => `Zu viele Versuche. Versuche es in ${duration} wieder.`,
}
