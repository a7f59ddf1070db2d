"""What a request costs, of which kind and beside what: processor time first, because it hardly depends on the machine's
other work, then how fast."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from resource import RLIMIT_NOFILE, getrlimit, setrlimit
from typing import Final

from benchmarks import report
from benchmarks.beside import measure_beside
from benchmarks.cluster import DATA_DIR, running_cluster
from benchmarks.comparison import compare
from benchmarks.growth import measure_growth
from benchmarks.options import Options, parsed
from src.core.logging import configure_logging
from src.database.embedded import RunningServer

Measure = Callable[[Options, RunningServer], Awaitable[Mapping[str, object]]]

SECTIONS: Final[Mapping[str, tuple[Measure, Callable[[report.Found], str]]]] = {
    "comparison": (compare, report.comparison),
    "beside": (measure_beside, report.beside),
    "growth": (measure_growth, report.growth),
}


async def main(options: Options) -> None:
    configure_logging("warning", "auto")
    most = getrlimit(RLIMIT_NOFILE)[1]
    setrlimit(RLIMIT_NOFILE, (most, most))  # the services inherit it: a thousand clients take a thousand files
    with data_dir(options) as folder, running_cluster(folder) as cluster:
        for name in options.sections:
            measure, shown = SECTIONS[name]
            found = await measure(options, cluster)
            report.write(name, found, options)
            print("", shown(found), sep="\n", flush=True)


@contextmanager
def data_dir(options: Options) -> Iterator[Path]:
    if not options.is_smoke:
        yield DATA_DIR
        return
    with tempfile.TemporaryDirectory(prefix="todo-benchmarks-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL's own account has to enter it
        yield Path(folder) / "cluster"


if __name__ == "__main__":
    asyncio.run(main(parsed(__doc__ or "")))
