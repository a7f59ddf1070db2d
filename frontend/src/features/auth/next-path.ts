const HOME = '/inbox'

/** Where to go after the log-in: a path of this app, whatever the address asked for. */
export function nextPath(wanted: string | undefined): string {
  if (wanted === undefined || !URL.canParse(wanted, location.origin)) return HOME
  const { origin, pathname, search, hash } = new URL(wanted, location.origin)
  // a path that begins with two slashes would name a host
  return origin === location.origin && !pathname.startsWith('//') ? pathname + search + hash : HOME
}
