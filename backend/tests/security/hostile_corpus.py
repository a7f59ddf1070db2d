"""Values that have broken services. Texts hold the canary, which shows them in a refusal or a log."""

from dataclasses import dataclass
from typing import Any

from tests.security.conftest import CANARY


@dataclass(frozen=True)
class Raw:
    """JSON that no value of Python is written as."""

    text: bytes


MARKS = "\u0310\u0301\u035c\u0334\u0489" * 4
FAMILY = "\U0001f469\u200d\U0001f467"
ID = "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10"

NUMBERS: list[Any] = [
    *(0, -1, 1, True, 2**31 - 1, 2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**30),
    *map(Raw, (b"9" * 4400, b"-0", b"1.0", b"0.1", b"1e2", b"1E400", b"-1e400", b"1e-400", b"NaN", b"Infinity")),
    *map(Raw, (b"-Infinity", b"+1", b"01", b"0x10", b"1_0", b".5")),
    *("0", "-1", "5", "5.0", "1e3", " 5", "5\0", "٥", "５", "²", "½", "NaN", "Infinity", "1e400", "9" * 4400, "0x10"),
]
TRUTHS = [*(True, False, 0, 1, 2, "true", "TRUE", "yes", "on", "1", "0", "", "truee", "null", f"true\0{CANARY}")]
SHAPES: list[Any] = [
    *(None, "", [], {}, [[]], [{}], {"": None}, [None], [CANARY], {f"{CANARY}?": CANARY}, {"$ne": CANARY}, {"$gt": ""}),
    *({"__proto__": {"is_admin": True}}, {"constructor": {"prototype": {"is_admin": True}}}, ["a", ["b", ["c"]]]),
    *([CANARY] * 60, [None] * 2001, {f"{CANARY}?{n}": n for n in range(200)}, [[[[[[[[CANARY]]]]]]]]),
    *(Raw(b"[" * 150 + b"]" * 150), Raw(b"[" * 20_000), Raw(b'{"a":' * 20_000 + b"1" + b"}" * 20_000)),
    *(Raw(b"[1,]"), Raw(b"{'a':1}"), Raw(b"undefined"), Raw(b"1 2"), Raw(b""), Raw(b"/*x*/1"), Raw(b'"unclosed')),
    *(Raw(b'"\\ud800"'), Raw(b'"\\udc00\\ud800"'), Raw(b'"\\u12"'), Raw(b'"\\x41"'), Raw(b'"\xff\xfe"')),
    *(Raw(b'"\xed\xa0\x80"'), Raw(b'"\xc0\xaf"'), Raw(b'"a\tb"'), Raw(b'"a\nb"'), Raw(b'{"a":1,"a":2}')),
]
TEXTS: list[str] = [
    # characters that are none, are not seen, or are more than they seem
    *("\0", f"{CANARY}\0after", "\ud800", f"{CANARY}\udfff", "\ud800\udc00", "\ufeff" + CANARY, "\ufffe", "\uffff"),
    *(" ", "\t", "\u00a0", "\u3000", "\u200b", "\u200b\u200d\u2060\ufeff", f"{CANARY}\u200b", "\u2800", "\u3164"),
    *(f"\u202e{CANARY}", f"\u2066{CANARY}", "\u202a\u202b\u202c\u202d", f"\u061c{CANARY}", "e" + "\u0301" * 200),
    *("".join(f"{letter}{MARKS}" for letter in CANARY), f"\u0300{CANARY}", FAMILY * 30, "\U0001f1e9" * 7),
    *("\ufdfa" * 60, "\u0130\u0131\u017f\u00df\ufb00", "\u01c5", "\u212b", "\U0010ffff", "\U000e0041"),
    # ends of lines, of every kind
    *(f"{CANARY}{end}x" for end in (*"\n\r\x0b\x0c\x1c\x85\u2028\u2029", "\r\n", "\x1b[31m")),
    f"{CANARY}\r\nSet-Cookie: refresh_token=planted\r\n\r\n<html>",
    f"{CANARY}%0d%0aSet-Cookie:%20a=b",
    # marks that end something, or begin something else
    *("'", '"', "`", "\\", "\\\\", "\\u0000", "\\'", "'\"`", "$1", "{}", "{0}", *"{}[]();"),
    *(f"' OR 1=1 -- {CANARY}", f"'; DROP TABLE tasks; -- {CANARY}", "1); SELECT pg_sleep(20); --", f"$${CANARY}$$"),
    *(f"' UNION SELECT password_hash FROM users -- {CANARY}", "E'\\x00'", "::uuid", "\\'; SELECT 1 --", f":{CANARY}"),
    *(f"%{CANARY}%", "%", "_", "%_\\", "\\%", "a\\", "%s", "%n%n%n%n", "%(user_id)s", "{user.password_hash}", "%c0%ae"),
    *("(a+)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", ".*", "[", "(?P<x>", "(?i)", "a{1,99999}", "\\1", "&", "a & b | !c"),
    *("a:*", "<->", "a <-> b", ":*", "!", "!!", "a &", "'a':1A", '"', '"a', "-", "--a", '-"a b"', "a -a", '""'),
    *(f"{{{{ 7*7 }}}} {CANARY}", "{% include '/etc/passwd' %}", "${7*7}", "<%= 7*7 %>", f"${{jndi:{CANARY}}}"),
    *(f"<script>{CANARY}</script>", f'"><img src=x onerror={CANARY}>', "<!--", "]]>", "&#0;", f"javascript:{CANARY}"),
    *(f"=cmd|' /C {CANARY}'!A0", f"@SUM({CANARY})", "+1", "-1", "\t=1", "＝1", f"BEGIN:VEVENT\r\nSUMMARY:{CANARY}"),
    *("../../etc/passwd", "..%2f..%2f", "/etc/passwd", "file:///etc/passwd", "C:\\con", "nul", ".", "..", "/", "\\\\x"),
    *(f"http://169.254.169.254/{CANARY}", f"//{CANARY}.example", f"https://{CANARY}@evil.example", "?", "#", "a=b&c=d"),
    *("null", "undefined", "None", "true", "0", "-1", "1/0", "NaN", "__proto__", "constructor", "user_id", "id"),
    *("password_hash", "version", CANARY, CANARY * 50, "a" * 255, "a" * 256, "é" * 255, "💥" * 255, "a" * 10_001),
    *("a" * 100_000, CANARY * 10_000, "\0" * 1000, "💥" * 25_000, " " * 100_000, "a " * 5000, "(" * 5000, '"' * 999),
]  # fmt: skip
DAYS = [
    *("0000-00-00", "0000-01-01", "0001-01-01", "-0001-01-01", "1899-12-31", "1900-01-01", "1970-01-01", "2026-02-29"),
    *("2026-02-30", "2026-13-01", "2026-00-10", "2026-12-32", "2024-02-29", "9998-12-31", "9999-01-01", "9999-12-31"),
    *("10000-01-01", "+002026-01-01", "20261201", "2026-W01-1", "2026-335", "2026-1-1", " 2026-12-01", "2026-12-01 "),
    *("2026-12-01\0", "2026-12-01\n", "2026-12-01T00:00:00", "2026-12-01T00:00:00Z", "٢٠٢٦-١٢-٠١", "２０２６-12-01"),
    *("2026–12–01", "01.12.2026", "today", "now", "infinity", "-infinity", "epoch", "NaN", "1764547200"),
    *(f"2026-12-{CANARY}",),
]
INSTANTS = [
    *("2026-12-01T00:00:00Z", "2026-12-31T23:59:60Z", "2016-12-31T23:59:60Z", "2026-12-01T24:00:00Z"),
    *("2026-12-01T25:00Z",),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"),
    *("2026-12-01T00:00:00", "2026-12-01T00:00:00+99:99", "2026-12-01T00:00:00+24:00", "2026-12-01T00:00:00-00:00"),
    *("2026-12-01T00:00:00.123456789Z", "2026-12-01T00:00:00,5Z", "2026-12-01t00:00:00z", "2026-12-01 00:00:00 UTC"),
    *("2026-12-01T00:00:00 Europe/Berlin", "2026-12-01T00:00:00Z\0", f"2026-12-01T00:00:00Z{CANARY}", "0", "1e400"),
]
TIMES = [
    *("00:00", "23:59:59", "24:00", "23:59:60", "25:61", "-1:00", "9:00", "09:00:00.5", "09:00Z", "09:00+02:00"),
    *("0900",),
    *("09:00\0", "٠٩:٠٠", "９:00", "09：00", "noon", "", " 09:00", f"09:00{CANARY}", "09:00:00:00"),
]
ZONES = [
    *("Mars/Olympus", "../../etc/passwd", "/etc/localtime", "posixrules", "localtime", "Factory", "EST5EDT", "GMT+25"),
    *("UTC+99", "europe/berlin", "Europe/Berlin\0", "Europe/Berlin ", "Europe//Berlin", "Europe", ".", "..", "~"),
    *("CON",),
    *("Europe/Berlin\n", "+02:00", "Z", "Asia/Kathmandu", "Pacific/Kiritimati", "America/Argentina/Buenos_Aires"),
    *("Etc/GMT-14",),
    *("right/UTC", "posix/UTC", "tzdata.zi", "zone.tab", "__init__.py", "A" * 5000, f"Europe/{CANARY}"),
    *("Ｅurope/Berlin",),
]
IDS = [
    *("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", ID.upper(), ID.replace("-", "")),
    *(f"{{{ID}}}", f"urn:uuid:{ID}", ID[:-1], f"{ID}0", f"{ID[:-1]}g", f" {ID}", f"{ID}\0", ID.replace("-", "_")),
    *(ID * 99,),
    *("none", "null", "me", "0", "1", "-1", str(2**63), "' OR 1=1 --", "%00", "..", "*", CANARY, 0, 1, 2**64, True),
]
ADDRESSES = [
    *("", "@", "a@", "@b", "a@b", "a@b@c.com", "a b@c.com", "a@localhost", "a@[127.0.0.1]", "a@127.0.0.1", "a@b..com"),
    *(f"{CANARY}@example.com\0", f"{CANARY}@example.com\r\nBcc: x@evil.example"),
    *(f"{CANARY}@example.com,x@evil.example",),
    *(f"<{CANARY}@example.com>", f'"{CANARY}"@example.com', f"{CANARY}(x)@example.com", f"{'a' * 65}@example.com"),
    *(f"a@{'b' * 64}.com", f"a@{'b.' * 120}com", "a@xn--zzzzzz.com", "ａ@example.com", "a@ｅxample.com", "é@é.example"),
    *("a@example.com\u200b", "\u202ea@example.com", "a@exa\u00admple.com", "a@example.com%00"),
    *(f"{CANARY}%0d%0aBcc:x@y.z",),
]
CURSORS = ["", "=", "A", "A" * 22, "A" * 4096, "A" * 4097, "bnVsbA", "e30", "-_-_", f"{CANARY}", "AAAA====", "\0", "é"]
ETAGS = [
    '"1"',
    'W/"1"',
    "*",
    '"',
    '""',
    '"0"',
    '"-1"',
    f'"{2**31}"',
    f'"{2**64}"',
    f'"{"9" * 4400}"',
    '"1", "2"',
    '"1",',
]
ETAGS += [
    f'"{CANARY}"',
    "1",
    '"1"x',
    '"1""2"',
    "W/*",
    '"1\0"',
    '"\u00e9"',
    ", " * 2000,
    '"1",' * 2000,
    "\t",
    '"1"\t,\t"2"',
]
