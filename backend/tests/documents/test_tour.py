"""The tour stands as a server answers it now: each command works, and gives what is written below it."""

from tests.documents.tour import TOUR, tour
from tests.startup.processes import Program


async def test_the_tour_is_what_a_server_answers(program: Program, own_database: str) -> None:
    service = await program.start("serve", DATABASE_URL=own_database).serving()
    assert TOUR.read_text() == tour(service.url)
