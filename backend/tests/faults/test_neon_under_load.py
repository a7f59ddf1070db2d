"""What holds on Neon while clients work, as the proof shows it; and that its checks can fail."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from tests.faults import neon_checks
from tests.faults.load import Load
from tests.faults.pooler import PGBOUNCER, needs
from tests.proof.report import Row
from tests.startup.processes import Program, eventually

pytestmark = needs(PGBOUNCER, "pgbouncer")

FEW_SECONDS = 4.0


class TestUnderLoad:
    @pytest.mark.parametrize("check", neon_checks.CHECKS)
    async def test_it_holds(self, program: Program, check: neon_checks.Check) -> None:
        row = await check(program, FEW_SECONDS)
        assert not row.is_breach, row
        assert row.acknowledged


class TestTheChecks:
    """They can fail."""

    async def test_a_suspension_that_is_not_waited_for_is_seen(self, program: Program) -> None:
        row = await neon_checks.suspend_shorter_than_the_limit(program, 1, DATABASE_WAKE_TIMEOUT="0.2")
        assert row.refused
        assert row.is_breach

    async def test_what_was_removed_changed_or_added_past_the_service_is_seen(
        self, program: Program, own_database: str
    ) -> None:
        process = await program.start("serve", DATABASE_URL=own_database).serving()
        load = Load(process.url, Row("control"))
        async with load.running(2):
            await eventually(lambda: asyncio.sleep(0, load.row.acknowledged > 10))
        superuser = await asyncpg.connect(own_database)
        await load.audit(superuser)
        assert not load.row.is_breach, load.row

        client = load.clients[0]
        removed, changed = list(client.may_be_stored)[:2]
        await superuser.execute("DELETE FROM tasks WHERE id = $1", removed)
        await superuser.execute("UPDATE tasks SET title = 'as it was' WHERE id = $1", changed)
        await load.audit(superuser)
        assert (load.row.lost, load.row.duplicated) == (2, 0)

        client.may_be_stored.popitem()
        await load.audit(superuser)
        assert load.row.duplicated == 1
        client.compare({"id": removed, "title": "of nobody"})
        assert load.row.breaches
        client.compare({"id": str(uuid4()), "title": "of somebody else"})
        assert load.row.leaks == 1
        await superuser.close()
        await load.close()
