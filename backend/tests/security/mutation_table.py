"""What is taken away from the service to see whether the attacks notice: a defence of each class at least."""

from dataclasses import dataclass, field
from pathlib import Path


class NoSuchText(Exception):
    """What a mutation is to change does not stand in its file as often as it says."""


@dataclass(frozen=True)
class Edit:
    """In a file of ``src``; the text stands there ``times`` times, and all of them are changed."""

    file: str
    text: str
    replacement: str
    times: int = 1

    def applied(self, source: str) -> str:
        if source.count(self.text) != self.times:
            raise NoSuchText(f"{self.file}: {source.count(self.text)} times and not {self.times}: {self.text}")
        return source.replace(self.text, self.replacement)


@dataclass(frozen=True)
class Mutation:
    """``tests``: the file that has to notice, below the folder of this name; ``environment``: what it needs to run."""

    tests: str
    what: str
    edits: tuple[Edit, ...]
    environment: dict[str, str] = field(default_factory=dict)

    def applied(self, src: Path) -> dict[Path, str]:
        """The new texts of the files that it changes. Raises NoSuchText."""
        texts: dict[Path, str] = {}
        for edit in self.edits:
            file = src / edit.file
            texts[file] = edit.applied(texts[file] if file in texts else file.read_text())
        return texts


def away(tests: str, what: str, *edits: Edit, **environment: str) -> Mutation:
    return Mutation(tests, what, edits, environment)


# fmt: off
MUTATIONS = [
    away(
        "security/test_access_tokens.py", "any header of a token is taken",
        Edit("core/security/access_tokens.py",
             'header.keys() != HEADER_NAMES or header["alg"] != ALGORITHM or header["typ"] != JWT_TYPE',
             '"kid" not in header'),
    ),
    away(
        "security/test_access_tokens.py", "a session that is over is not looked for",
        Edit("database/session.py", "    if tag != expected:\n", "    if tag is None:\n"),
    ),
    away(
        "security/test_caches.py", "refusals may be kept",
        Edit("api/errors.py", '{"Cache-Control": "no-store", **error.headers}', "dict(error.headers)"),
        Edit("main.py", '        "Cache-Control": "no-store",\n', ""),
    ),
    away(
        "security/test_caches.py", "what is a user's may be kept by anybody",
        Edit("api/routing.py", '"private, no-cache"', '"public, max-age=60"'),
    ),
    away(
        "security/test_calendars.py", "texts are not escaped",
        Edit("domain/portability/content_lines.py", "return _TO_ESCAPE.sub(lambda match: _ESCAPES[match[0]], text)",
             "return text"),
    ),
    away(
        "security/test_costly_input.py", "rules that never fire are taken",
        Edit("domain/recurrence/parsing.py", "    _require_firing_from_somewhere(rule)\n", ""),
        Edit("domain/recurrence/parsing.py", 'raise InvalidRule("never_fires", "never fires from that start on")',
             "return"),
    ),
    away(
        "security/test_costly_input.py", "signs count as nothing in a search",
        Edit("domain/search.py", '_SYMBOLS: Final = frozenset("%#&@_")', "_SYMBOLS: Final = frozenset()"),
        Edit("domain/search.py", "[a-z0-9]+|[%#&@_$+<=>^`|~]", "[a-z0-9]+"),
    ),
    away(
        "security/test_cursors.py", "what was not signed is read",
        Edit("core/security/cursors.py", "if not is_signed(self._keys, _message(payload, scope), signature):",
             "if not payload:"),
    ),
    away(
        "security/test_cursors.py", "a cursor is good for any query",
        Edit("core/security/cursors.py", 'return len(scope).to_bytes(4, "big") + scope + payload', "return payload"),
    ),
    away(
        "security/test_echoes.py", "the path is shown as it came",
        Edit("api/errors.py", 'return "{" + quote(name) + "}"', "return str(value)"),
    ),
    away(
        "security/test_echoes.py", "names of fields are shown, whatever they are",
        Edit("schemas/faults.py", "message if SANE_MESSAGE.fullmatch(message) else",
             'f"{message}: {fault.get(\'input\')}" if message else'),
        Edit("schemas/faults.py", "        return known\n", '        return f"{known}: {fault.get(\'input\')}"\n'),
    ),
    away(
        "security/test_exported_formulas.py", "cells stay what they are",
        Edit("domain/portability/formulas.py", 'return f"\'{cell}" if _FORMULA.match(cell) else cell', "return cell"),
    ),
    away(
        "security/test_foreign_pages.py", "any page may use the cookie",
        Edit("api/clients.py", "if _is_foreign(request, context.settings):", "if False:"),
    ),
    away(
        "security/test_foreign_pages.py", "JSON is taken as whatever it comes",
        Edit("api/routing.py", "                require_media_type(request, accepted)\n", "                pass\n"),
    ),
    away(
        "security/test_foreign_pages.py", "pages may be framed",
        Edit("api/middleware.py", "return [*present, *added, (b", "return [*present, (b"),
    ),
    away(
        "security/test_host_headers.py", "where a new thing is, is told by the request's host",
        Edit("api/routing.py", 'return f"{request.scope[\'path\'].rstrip(\'/\')}/{resource_id}"',
             'return f"//{request.headers.get(\'host\')}{request.scope[\'path\'].rstrip(\'/\')}/{resource_id}"'),
    ),
    away(
        "security/test_identities.py", "names are compared letter by letter",
        Edit("domain/text.py", 'return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())',
             "return text.casefold()"),
    ),
    away(
        "security/test_identities.py", "a password ends after 72 bytes",
        Edit("core/security/passwords.py", "return await self._run(lambda: self._context.hash(_canonical(password)))",
             "return await self._run(lambda: self._context.hash(_canonical(password)[:70]))"),
        Edit("core/security/passwords.py", "return await self._run(lambda: self._verify(password, hashed))",
             "return await self._run(lambda: self._verify(password[:70], hashed))"),
    ),
    away(
        "security/test_imports.py", "files of any number of things are read",
        Edit("domain/portability/records.py", "MAX_ITEMS: Final = 20_000", "MAX_ITEMS: Final = 20_000_000"),
    ),
    away(
        "security/test_isolation.py", "the path may name anybody",
        Edit("api/deps.py", "    if user_id != principal.id:\n        raise NotYourPath", "    del user_id, principal"),
    ),
    away(
        "security/test_isolation.py", "sessions belong to nobody",
        Edit("database/session.py", "SET LOCAL ROLE {APP_ROLE}; ", ""),
        Edit("services/session_service.py", '_is_owned = _session.user_id == bindparam("owner_id")',
             '_is_owned = bindparam("owner_id", type_=_session.user_id.type).is_not(None)'),
    ),
    away(
        "security/test_json_bombs.py", "JSON is read as the standard library reads it",
        Edit("api/routing.py", "from_json(body, allow_inf_nan=False)", "json.loads(body)"),
    ),
    away(
        "security/test_json_bombs.py", "a body may hold any number of values",
        Edit("api/routing.py", "if _has_too_many_values(value):", "if False:"),
    ),
    away(
        "security/test_large_requests.py", "bodies are read whole",
        Edit("api/middleware.py", "            if received > limit:", "            if received < 0:"),
    ),
    away(
        "security/test_large_requests.py", "heads are read whole",
        Edit("api/connections.py", "MAX_HEAD_BYTES = 64 << 10", "MAX_HEAD_BYTES = 64 << 40"),
    ),
    away(
        "security/test_logs.py", "paths are logged",
        Edit("api/middleware.py", 'route = getattr(scope.get("route"), "path", "-")', 'route = scope["path"]'),
    ),
    away(
        "security/test_logs.py", "what commands a terminal is kept",
        Edit("api/clients.py",
             'printable = "".join(c for c in device if c.isprintable()).strip()[:200] if device else ""',
             'printable = device or ""'),
    ),
    away(
        "security/test_mails.py", "a mail greets by any name",
        Edit("services/mails/messages.py",
             "return name if all(_is_part_of_a_name(character) for character in name) else None",
             "return name"),
    ),
    away(
        "security/test_malformed_http.py", "trailers are headers",
        Edit("api/connections.py", "        if not self._reads_body:\n", "        if self:\n"),
    ),
    away(
        "security/test_mass_assignment.py", "unknown fields are passed over",
        Edit("schemas/base.py", 'model_config = ConfigDict(extra="forbid", frozen=True)',
             'model_config = ConfigDict(extra="ignore", frozen=True)'),
    ),
    away(
        "security/test_password_resets.py", "sessions outlive a reset",
        Edit("services/password_reset_service.py", "ended AS (DELETE FROM sessions WHERE user_id = :id),",
             "ended AS (SELECT 1),"),
    ),
    away(
        "security/test_password_resets.py", "a link works for ever",
        Edit("services/password_reset_service.py", " AND expires_at > now() RETURNING id", " RETURNING id"),
        Edit("services/password_reset_service.py", " AND token.expires_at > now()", ""),
    ),
    away(
        "security/test_paths.py", "links and hidden files are served",
        Edit("api/web_app.py", " and not path.is_symlink() and not _is_hidden(path.relative_to(folder))", ""),
    ),
    away(
        "security/test_production.py", "the documentation is there",
        Edit("main.py", 'openapi_url="/openapi.json" if settings.serves_docs else None', 'openapi_url="/openapi.json"'),
    ),
    away(
        "security/test_races.py", "a version that is over is changed",
        Edit("services/preconditions.py", "return self.versions is None or version in self.versions", "return True"),
    ),
    away(
        "security/test_races.py", "trees are not locked",
        Edit("services/task_trees.py", "    await fetch_first(session, _LOCK_USER, owner_id=owner_id)\n", "    pass\n"),
    ),
    away(
        "security/test_rate_limits.py", "what a client says of its address is believed",
        Edit("api/clients.py", 'for hop in reversed(",".join(', 'for hop in (",".join('),
    ),
    away(
        "security/test_rate_limits.py", "attempts are counted, and that is all",
        Edit("services/attempt_limits.py", "        if not is_allowed:\n", "        if is_allowed is None:\n"),
    ),
    away(
        "security/test_security_events.py", "nobody learns where it came from",
        Edit("api/clients.py", "    came_from(client.network)\n", '    came_from("somewhere")\n'),
    ),
    away(
        "security/test_sessions.py", "a token that was used twice ends nothing",
        Edit("services/auth_service.py", "raise RefreshTokenReused(keeps_changes=True)", "raise RefreshTokenReused"),
    ),
    away(
        "security/test_sessions.py", "scripts may read the cookie",
        Edit("api/auth.py", "httponly=True", "httponly=False", times=2),
    ),
    away(
        "security/test_slow_clients.py", "nothing has to arrive in time",
        Edit("api/connections.py", "        self._deadline = self.loop.call_later(seconds, self._end)",
             "        self._deadline = self.loop.call_later(seconds * 1000, self._end)"),
    ),
    away(
        "security/test_timing.py", "no password is tried for an unknown account",
        Edit("core/security/passwords.py", "        return await self._run(lambda: self._verify(password, hashed))",
             "        return await self._run(lambda: self._verify(password, hashed)) if hashed else Verdict(False)"),
        TIMING="1", TIMING_PAIRS="40",
    ),
    away(
        "security/test_user_enumeration.py", "an unknown account is told",
        Edit("services/auth_service.py", "            raise InvalidCredentials\n        grant = ",
             '            raise InvalidCredentials("unknown" if account is None else "wrong")\n        grant = '),
    ),
    away(
        "security/test_hostile_values.py", "NUL reaches the database",
        Edit("domain/text.py", '    if (category == "Cc" or character in',
             '    if character != "\\0" and (category == "Cc" or character in'),
    ),
    away(
        "security/test_hostile_values.py", "a refusal repeats the path",
        Edit("api/errors.py", 'return "{" + quote(name) + "}"', "return str(value)"),
    ),
    away(
        "security/test_hostile_values.py", "an operation answers what is not declared",
        Edit("services/session_service.py", "from src.core.errors import NotFound\n",
             "from src.core.errors import TooManyRequests as NotFound\n"),
    ),
    away(
        "proof/test_contract.py", "an operation answers what is not declared",
        Edit("services/session_service.py", "from src.core.errors import NotFound\n",
             "from src.core.errors import TooManyRequests as NotFound\n"),
    ),
    away(
        "proof/test_contract.py", "an operation fails",
        Edit("services/priority_service.py", "        return [", "        raise ValueError\n        return ["),
    ),
]
