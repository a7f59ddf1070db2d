"""The Postman collection: all operations, each of them answered by a real server as the OpenAPI document says."""

import json

import httpx

from tests.documents.collection_runner import Runner, address_of
from tests.documents.openapi import OPERATIONS
from tests.documents.postman import COLLECTION, collection
from tests.startup.processes import Program

DOCUMENT = json.loads(COLLECTION.read_text())
FIRST = ("register", "login", "create_tag", "import_file", "create_task", "create_recurring_task")
LAST = ("change_password", "delete_me", "refresh", "logout")
REFUSED = {
    "change_tasks": 409,  # two of its ids are nobody's
    "change_tasks_of_user": 409,
    "merge_tag": 422,  # as is that of the other tag
    "skip_instance": 404,  # an instance that is not due on that day
    "end_session": 404,
    "reset_password": 400,  # its token was in no mail
    "delete_me": 403,  # the password has just been changed
}
"""What the examples cannot know. All else is done."""


def test_it_is_up_to_date() -> None:
    assert COLLECTION.read_text() == collection()


def test_it_has_every_operation_once() -> None:
    assert sorted(map(address_of, Runner.requests(DOCUMENT))) == sorted(map(str, OPERATIONS.values()))


async def test_every_request_is_answered(program: Program, own_database: str) -> None:
    service = await program.start("serve", DATABASE_URL=own_database).serving()
    answered: dict[str, int] = {}
    items = {address_of(item): item for item in Runner.requests(DOCUMENT)}
    async with httpx.AsyncClient(timeout=30) as client:
        runner = Runner.of(DOCUMENT, client, base_url=service.url)
        for name in sorted(OPERATIONS, key=_turn):
            response = await runner.send(items[str(OPERATIONS[name])])
            assert str(response.status_code) in OPERATIONS[name].document["responses"], name
            assert response.status_code == REFUSED.get(name) or response.is_success, f"{name}: {response.text}"
            answered[name] = response.status_code
    assert REFUSED.items() <= answered.items()


def _turn(name: str) -> tuple[int, ...]:
    """What makes things comes before what needs them, and what takes them away after that."""
    if name in FIRST:
        return 0, FIRST.index(name)
    if name in LAST:
        return 3, LAST.index(name)
    return (2 if OPERATIONS[name].method == "DELETE" else 1,)
