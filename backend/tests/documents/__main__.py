"""What is generated from the API: ``python -m tests.documents`` writes it, with ``--check`` it only compares."""

import argparse
import asyncio
import sys

from src.core.config import REPOSITORY
from src.database.embedded import start, stop
from tests.conftest import FAST
from tests.documents.postman import COLLECTION, collection
from tests.documents.tour import TOUR, tour
from tests.startup.processes import Program, copied_program


def main(*, only_compares: bool) -> int:
    with copied_program() as program:
        documents = {COLLECTION: collection(), TOUR: _tour(program)}
    stale = [path for path, text in documents.items() if not path.exists() or path.read_text() != text]
    if only_compares:
        for path in stale:
            print(f"{path.relative_to(REPOSITORY)} is not what the API says of itself: run make api-docs")
        return 1 if stale else 0
    for path in stale:
        path.write_text(documents[path])
    return 0


def _tour(program: Program) -> str:
    cluster = program.root / "cluster"
    try:
        database = start(cluster, settings=FAST).url
        service = asyncio.run(program.start_anew("serve", DATABASE_URL=database).serving())
        return tour(service.url)
    finally:
        program.end_all()
        stop(cluster, mode="immediate")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 if something is stale")
    sys.exit(main(only_compares=parser.parse_args().check))
