"""``python -m src.cli import-sqlite``."""

from pathlib import Path

import asyncpg

from tests.legacy.old_app import old_file
from tests.startup.processes import Program, password_of


class TestImportSqlite:
    async def test_prints_its_report_and_ends_well(self, program: Program, empty_database: str, old: Path):
        process = program.start_anew("import-sqlite", str(old_file(old)), DATABASE_URL=empty_database)
        assert process.wait() == 0, process.output
        assert "in SQLite" in process.stdout
        assert "All of it is committed." in process.stdout
        connection = await asyncpg.connect(empty_database)
        try:
            assert await connection.fetchval("SELECT title FROM tasks") == "Task 1"
        finally:
            await connection.close()

    def test_tells_a_refusal_in_one_block(self, program: Program, own_database: str, old: Path):
        process = program.run("import-sqlite", str(old), "--dry-run", DATABASE_URL=own_database)
        assert process.wait() == 1
        assert process.stdout == ""
        assert "Nothing was imported." in process.stderr
        assert "Traceback" not in process.output
        assert password_of(own_database) not in process.output

    def test_wants_a_database_first_of_all(self, program: Program, old: Path):
        process = program.run("import-sqlite", str(old), DATABASE_URL="sqlite:///x.db")
        assert process.wait() == 78
        assert "SQLite database detected" in process.stderr
