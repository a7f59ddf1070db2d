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
  problems: {
    missing: 'Bitte ausfüllen.',
    string_too_short: 'Das ist zu kurz.',
    string_too_long: 'Das ist zu lang.',
    string_pattern_mismatch:
      'Nimm Buchstaben, Ziffern, Punkte, Binde- und Unterstriche; beginne mit einem Buchstaben oder einer Ziffer.',
    invisible_text: 'Bitte sichtbare Zeichen verwenden.',
    control_character: 'Das enthält Zeichen, die nicht möglich sind.',
    invalid_email: 'Das ist keine E-Mail-Adresse.',
    weak_password: 'Dieses Passwort ist zu leicht zu erraten. Wähle ein anderes.',
    unknown_timezone: 'Wähle eine Zeitzone aus der Liste.',
    email_taken: 'Es gibt schon ein Konto mit dieser E-Mail-Adresse.',
    username_taken: 'Diesen Benutzernamen hat schon jemand.',
    name_taken: 'Ein anderer Tag heißt schon so.',
    unauthorized: 'Deine Sitzung ist zu Ende. Melde dich neu an.',
    invalid_credentials: 'Die E-Mail-Adresse oder das Passwort ist falsch.',
    wrong_password: 'Das ist nicht dein aktuelles Passwort.',
    invalid_reset_token: 'Dieser Link ist abgelaufen oder wurde schon benutzt.',
    version_mismatch:
      'Das wurde inzwischen anderswo geändert. Sieh durch, was jetzt hier steht, und speichere noch einmal.',
    body_too_large: 'Diese Datei ist größer als 10 MB.',
    unavailable: 'Der Server ist beschäftigt. Versuche es gleich noch einmal.',
    internal_error: 'Auf dem Server ist etwas schiefgegangen. Versuche es gleich noch einmal.',
  },
}
