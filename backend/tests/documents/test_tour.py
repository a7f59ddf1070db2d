"""The tour stands as a server answers it now: each command works, and gives what is written below it."""

from tests.documents.blocks import shown
from tests.documents.tour import TOUR, tour
from tests.documents.tour_steps import SETTINGS, STEPS
from tests.startup.processes import Program


@shown("docs/api/tour.md", "sh tour")
async def test_the_tour_is_what_a_server_answers(program: Program, own_database: str, script: str) -> None:
    service = await program.start("serve", DATABASE_URL=own_database).serving()
    assert TOUR.read_text() == tour(service.url)
    assert script.startswith(SETTINGS)
    assert script.count("curl -s ") == len(STEPS)
