"""What can be chosen, and what `--smoke` chooses."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from benchmarks.endpoints import ENDPOINTS, Endpoint
from benchmarks.measuring import Amount
from benchmarks.servers import Variant

RESULTS = Path(__file__).with_name("results.json")
SECTIONS = ("comparison", "beside", "growth")


@dataclass(frozen=True)
class Options:
    sections: Sequence[str]
    tasks: int
    users: int
    rounds: int
    seconds: float
    connections: int
    only: Sequence[str]
    variants: Sequence[Variant]
    output: Path
    is_smoke: bool

    @property
    def answers(self) -> Sequence[int]:
        """After how many the memory is looked at."""
        return (50, 100) if self.is_smoke else (1_000, 10_000, 50_000, 100_000)

    @property
    def idle_clients(self) -> int:
        return 20 if self.is_smoke else 1_000

    @property
    def tasks_of_one(self) -> Sequence[int]:
        return (10, 90) if self.is_smoke else (100, 1_000, 10_000, 100_000, 1_000_000)

    @property
    def crowds(self) -> Sequence[int]:
        """How many users there are."""
        return (2,) if self.is_smoke else (1, 100, 10_000)

    @property
    def crowd_connections(self) -> Sequence[int]:
        return (3,) if self.is_smoke else (1, 10, 100, 1_000)

    @property
    def endpoints(self) -> list[Endpoint]:
        return [endpoint for endpoint in ENDPOINTS if not self.only or endpoint.name in self.only]

    @property
    def amount(self) -> Amount:
        return Amount(self.connections, self.seconds, warm_up=self.seconds / 4)


def parsed(description: str) -> Options:
    parser = ArgumentParser("python -m benchmarks", description=description)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; the first if none")
    parser.add_argument("--tasks", type=int, default=1_000_000, help="of all users; the first has a tenth")
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5, help="whose median is shown")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--only", type=_listed, default=[], help="endpoints by their names, separated by commas")
    parser.add_argument("--variants", type=_listed, default=list(get_args(Variant)), help="limit,usual,ours")
    parser.add_argument("--output", type=Path, default=RESULTS, help="a section replaces what is there of its own")
    parser.add_argument("--smoke", action="store_true", help="everything once, tiny, in a cluster that is thrown away")
    chosen = parser.parse_args()
    _refuse_unknown(parser, chosen)
    if chosen.smoke:
        chosen.tasks, chosen.users, chosen.rounds, chosen.seconds, chosen.connections = 1_000, 10, 1, 0.05, 2
    return Options(
        sections=chosen.sections or SECTIONS[:1],
        tasks=chosen.tasks,
        users=chosen.users,
        rounds=chosen.rounds,
        seconds=chosen.seconds,
        connections=chosen.connections,
        only=chosen.only,
        variants=chosen.variants,
        output=chosen.output,
        is_smoke=chosen.smoke,
    )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _refuse_unknown(parser: ArgumentParser, chosen: Namespace) -> None:
    known = {
        "sections": SECTIONS,
        "only": [endpoint.name for endpoint in ENDPOINTS],
        "variants": get_args(Variant),
    }
    for name, allowed in known.items():
        if unknown := set(getattr(chosen, name)) - set(allowed):
            parser.error(f"{name}: {', '.join(sorted(unknown))} is none of {', '.join(allowed)}")
