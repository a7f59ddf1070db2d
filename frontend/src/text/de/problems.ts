import type { Text } from '../text'

export const problems: Text['problems'] = {
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
  never_fires: 'Kein Tag passt zu dieser Regel.',
  count_and_until: 'Eine Regel endet nach einer Anzahl oder an einem Tag, nicht beides.',
  after_the_end: 'Die Serie hat vor diesem Tag geendet.',
  already_completed: 'Sie ist schon erledigt.',
  not_found: 'Das gibt es nicht, oder nicht mehr.',
}
