"""Our own CSV, and the cells that spreadsheets would run."""

import csv
import io
from contextlib import suppress
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.domain.portability import Level, TaskRecord, Unreadable, kind_of_csv, read_task_csv, task_csv
from src.domain.portability.formulas import neutralise, restore
from tests.domain.portability_records import HOSTILE, as_written, said, several_tasks

STARTS = "=+-@\t\r\n＝＋－＠"


def written(tasks: list[TaskRecord]) -> bytes:
    return (task_csv.header() + task_csv.rows(tasks, lambda task: map(str, task.tags))).encode()


def read_one(header: str, *cells: str) -> TaskRecord:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    bundle = read_task_csv(f"{header}\r\n{line.getvalue()}".encode())
    assert not bundle.report.lines
    (task,) = bundle.tasks
    return task


class TestFormulas:
    @given(st.text() | st.text(STARTS + "'", max_size=6))
    def test_come_back_as_they_were(self, cell: str):
        assert restore(neutralise(cell)) == cell

    @given(st.text() | st.text(STARTS + "'", max_size=6))
    def test_do_not_run(self, cell: str):
        assert neutralise(cell)[:1] not in set(STARTS)

    @pytest.mark.parametrize("cell", ["'tis the season", "'", "''", "plain", "", "a=1", "1-1"])
    def test_are_not_what_only_looks_like_them(self, cell: str):
        assert neutralise(cell) == cell
        assert restore(cell) == cell


class TestRoundTrip:
    @given(several_tasks)
    def test_gives_the_same_tasks(self, tasks: list[TaskRecord]):
        assert as_written(read_task_csv(written(tasks))) == tasks

    @given(several_tasks)
    def test_holds_for_a_file_that_a_spreadsheet_saved(self, tasks: list[TaskRecord]):
        """With a byte order mark, semicolons, and TRUE in capitals."""
        rows = list(csv.reader(io.StringIO(written(tasks).decode(), newline="")))
        place = rows[0].index("is_completed")
        saved = io.StringIO()
        csv.writer(saved, delimiter=";").writerows(
            [*row[:place], row[place].upper(), *row[place + 1 :]] if number else row for number, row in enumerate(rows)
        )
        assert as_written(read_task_csv(b"\xef\xbb\xbf" + saved.getvalue().encode())) == tasks

    @pytest.mark.parametrize("text", HOSTILE)
    def test_holds_for_hostile_text(self, text: str):
        task = TaskRecord(
            place=0, id=UUID(int=1), title=text.strip(), description=text.strip(), tags=(text.strip()[:50],)
        )
        assert as_written(read_task_csv(written([task]))) == [task]


class TestReading:
    def test_needs_no_more_than_titles(self):
        assert read_one("title", "Call Ana").title == "Call Ana"

    def test_makes_the_same_ids_of_the_same_file(self):
        body = b"title\r\na\r\na\r\n"
        first, second = [[task.id for task in read_task_csv(body).tasks] for _ in range(2)]
        assert first == second
        assert len(set(first)) == 2
        assert not set(first) & {task.id for task in read_task_csv(body + b"a\r\n").tasks}

    def test_makes_one_line_of_a_title(self):
        assert read_one("title", "Call\r\n Ana ").title == "Call Ana"

    def test_goes_on_in_the_description_with_a_title_that_is_too_long(self):
        bundle = read_task_csv(b"title,description\r\n" + b"a" * 300 + b",there\r\n")
        assert (bundle.tasks[0].title, bundle.tasks[0].description) == ("a" * 255, "a" * 45 + "\n\nthere")
        assert said(bundle) == [(2, "title_cut")]

    def test_leaves_control_characters_out(self):
        bundle = read_task_csv(b"title\r\nCall\x00 \x1b[31mAna\r\n")
        assert bundle.tasks[0].title == "Call [31mAna"
        assert said(bundle) == [(2, "control_characters")]

    def test_tells_of_columns_that_it_does_not_know(self):
        assert said(read_task_csv(b"title,colour\r\na,red\r\n")) == [(1, "unknown_column")]

    @pytest.mark.parametrize("cell", ["true", "TRUE", "True", "yes", "1"])
    def test_knows_what_is_true(self, cell: str):
        assert read_one("title,is_completed", "a", cell).is_completed

    def test_cuts_the_fifty_first_tag(self):
        bundle = read_task_csv(b'title,tags\r\na,"' + b",".join(b"%d" % number for number in range(60)) + b'"\r\n')
        assert len(bundle.tasks[0].tags) == 50
        assert said(bundle) == [(2, "tags_cut")]

    def test_counts_lines_as_an_editor_does(self):
        bundle = read_task_csv(b'title\r\n"a\r\nb"\r\n\r\n""\r\nc\r\n')
        assert [task.place for task in bundle.tasks] == [2, 6]


class TestFaults:
    @pytest.mark.parametrize(
        ("column", "cell"),
        [
            ("id", "1"), ("id", "{019ab7d06f3c7cc19a530b7e3c1f9f10"), ("is_completed", "perhaps"),
            ("completed_at", "2026-01-01"), ("completed_at", "2026-01-01T00:00:00"), ("created_at", "yesterday"),
            ("priority", "p1"), ("due_date", "2026-02-30"), ("due_date", "1899-12-31"), ("due_date", "01.12.2026"),
            ("due_date", "20261201"), ("due_time", "25:00"), ("due_time", "10:00Z"), ("timezone", "Mars/Olympus"),
            ("timezone", "../../etc/passwd"), ("parent_id", "x"), ("position", "zz"), ("position", "0" * 14 + "0"),
            ("updated_at", "0001-01-01T00:00:00+14:00"),
        ],
    )  # fmt: skip
    def test_are_told_by_line_and_column_and_not_repeated(self, column: str, cell: str):
        bundle = read_task_csv(f"title,{column}\r\nfine,\r\nbad,{cell}\r\n".encode())
        (fault,) = bundle.report.lines
        assert (fault.place, fault.level, fault.code) == (3, Level.ERROR, f"invalid_{column}")
        assert fault.message.startswith(f"{column}: ")
        assert cell not in fault.message
        assert [task.title for task in bundle.tasks] == ["fine"]

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"", "no_header"),
            (b"name\r\nx\r\n", "no_header"),
            (b"\xff\xfet\x00i\x00", "not_utf8"),
            ("title\r\nKäse\r\n".encode("latin-1"), "not_utf8"),
            (b"title,title\r\na,b\r\n", "repeated_column"),
            (b'title\r\n"open\r\n', "malformed_csv"),
            (b'title\r\n"a"b\r\n', "malformed_csv"),
            (b"title\r\n" + b"a" * 200_000, "malformed_csv"),
            (b"title\r\n" + b"a\r\n" * 20_001, "too_many_items"),
            (b"title" + b"," * 1_000_000, "no_header"),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_of_the_whole_file_end_the_reading(self, body: bytes, code: str):
        with pytest.raises(Unreadable) as fault:
            read_task_csv(body)
        assert fault.value.code == code

    def test_of_rows_with_too_many_cells_are_told(self):
        assert said(read_task_csv(b"title,tags\r\na,b,c\r\n")) == [(2, "too_many_cells")]

    def test_of_titles_that_cannot_be_seen_are_told(self):
        assert said(read_task_csv("title,tags\r\n\u200b,a\r\n".encode())) == [(2, "title_empty")]

    def test_of_times_without_a_day_are_told(self):
        assert said(read_task_csv(b"title,due_time\r\na,10:00\r\n")) == [(2, "due_time_without_date")]

    @given(st.binary(max_size=300))
    def test_never_go_beyond_what_is_told(self, body: bytes):
        for start in (b"", b"title\r\n", b'title,tags,due_date\r\n"'):
            with suppress(Unreadable):
                read_task_csv(start + body)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (b"title,id", "csv"),
        (b"TYPE,CONTENT,PRIORITY", "todoist"),
        (b'"Date: 2026-01-01+0000"\r\n"Version: 7.1"\r\n"Folder Name","List Name","Title"', "ticktick"),
    ],
)
def test_the_kind_of_a_csv_shows_in_its_columns(header: bytes, kind: str):
    assert kind_of_csv(header + b"\r\n") == kind
