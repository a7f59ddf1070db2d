import { counter } from '../count'

const count = counter('en')

/** Getting in and out: the pages for people who are not logged in, and words that forms of the account share. */
export const account = {
  logIn: 'Log in',
  register: 'Create an account',
  email: 'E-mail',
  identity: 'E-mail or username',
  password: 'Password',
  newPassword: 'New password',
  passwordHint: 'At least 8 characters. A few words are easier to remember than symbols.',
  showPassword: 'Show the password',
  firstName: 'First name (optional)',
  forgot: 'Forgot your password?',
  isNew: 'New here?',
  hasAccount: 'Do you have an account already?',
  language: 'Language',
  ended: 'Your session has ended. Log in to go on.',
  endedNote: 'Changes that were not sent yet are kept on this device.',
  forgotTitle: 'Reset your password',
  forgotNote: 'We will send you a link by which you can set a new password.',
  sendLink: 'Send the link',
  linkSent: 'Look into your mail',
  linkSentNote: (email: string) =>
    `If there is an account with ${email}, a link is on its way. It works once, for 30 minutes.`,
  backToLogin: 'Back to log in',
  resetTitle: 'Set a new password',
  resetNote: 'You will be logged out everywhere.',
  setPassword: 'Set the password',
  noToken: 'This link is not complete. Ask for a new one.',
  newLink: 'Ask for a new link',
  passwordSet: 'Your new password is set. Log in with it.',
  logOut: 'Log out',
  loggingOut: 'Logging out',
  unsentTitle: (changes: number) =>
    count(changes, { one: '# change has not been sent', other: '# changes have not been sent' }),
  unsentNote: 'When you log out, everything of your account is removed from this device.',
  sendFirst: 'Send, then log out',
  logOutAnyway: 'Log out and lose them',
  stillUnsent: 'They could not be sent. Check your connection, or decide about changes that wait for you.',
  wait: (duration: string) => `Too many attempts. Try again in ${duration}.`,
}
