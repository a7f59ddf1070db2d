"""What titles are sorted by."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.domain.ordering import MAX_POSITION_LENGTH, TITLE_KEY_LENGTH, position_between, title_key
from src.domain.text import UncleanText, clean_line

TITLES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=255)


class TestTitleKey:
    @given(TITLES)
    def test_does_not_know_unicode_forms(self, title: str):
        assert title_key(unicodedata.normalize("NFC", title)) == title_key(unicodedata.normalize("NFD", title))

    @given(st.text(st.characters(categories=["Ll", "Lu", "Nd", "Zs"], max_codepoint=0x24F), max_size=80))
    def test_does_not_know_case(self, title: str):
        assert title_key(title.upper()) == title_key(title.upper().lower())
        assert title_key(title.casefold()) == title_key(title)

    @given(TITLES)
    def test_holds_no_accent(self, title: str):
        assert not any(unicodedata.combining(c) for c in title_key(title))

    @given(TITLES)
    def test_is_no_longer_than_its_column(self, title: str):
        assert len(title_key(title)) <= TITLE_KEY_LENGTH

    @pytest.mark.parametrize("title", ["\ufdfa" * 255, "ß" * 255, "\u0390" * 255, "İ" * 255])
    def test_stays_short_where_letters_become_several(self, title: str):
        assert 0 < len(title_key(title)) <= TITLE_KEY_LENGTH

    @given(TITLES)
    def test_can_be_stored(self, title: str):
        try:
            key = title_key(clean_line(title))
        except UncleanText:
            return
        key.encode()
        assert "\x00" not in key

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Äpfel", "apfel"),
            ("ÉCOLE", "école"),
            ("Straße", "STRASSE"),
            ("ﬁ", "fi"),
            ("Ａ", "a"),
            ("①", "1"),
            ("Ŭ", "u"),
        ],
    )
    def test_is_equal_under_case_and_accents(self, one: str, other: str):
        assert title_key(one) == title_key(other)

    def test_sorts_as_a_reader_expects(self):
        titles = ["zebra", "Äpfel", "apple", "Zoo", "Übung", "étude", "Eton", "10", "2"]
        assert sorted(titles, key=title_key) == ["10", "2", "Äpfel", "apple", "Eton", "étude", "Übung", "zebra", "Zoo"]


NOW = 1_800_000_000_000_000
FORM = re.compile(r"[0-9a-f]{14}[0-9A-Za-z]*[1-9A-Za-z]")


class TestPositions:
    @given(st.lists(st.tuples(st.integers(0, 10**6), st.booleans()), min_size=1, max_size=120))
    def test_come_to_lie_where_they_were_put(self, moves: list[tuple[int, bool]]):
        positions = [position_between(None, None, now_us=NOW)]
        for where, is_at_edge in moves:
            place = (where % 2) * len(positions) if is_at_edge else where % (len(positions) + 1)
            before = positions[place - 1] if place else None
            after = positions[place] if place < len(positions) else None
            new = position_between(before, after, now_us=NOW)
            assert FORM.fullmatch(new)
            assert (before or "") < new < (after or "z")
            positions.insert(place, new)

    @pytest.mark.parametrize("is_first", [True, False])
    def test_stay_short_in_the_narrowest_of_gaps(self, is_first: bool):
        first, last = position_between(None, None, now_us=NOW), position_between(None, None, now_us=NOW + 1)
        for _ in range(800):
            new = position_between(first, last, now_us=NOW)
            assert first < new < last
            first, last = (first, new) if is_first else (new, last)
        assert len(new) <= MAX_POSITION_LENGTH

    def test_at_either_end_never_grow(self):
        first = last = position_between(None, None, now_us=NOW)
        for _ in range(5_000):
            first, last = position_between(None, first, now_us=NOW), position_between(last, None, now_us=NOW)
        assert len(first) == len(last) == 17

    def test_before_the_very_first_there_is_room(self):
        position = "0" * 13 + "38"
        for _ in range(50):
            before = position_between(None, position, now_us=NOW)
            assert FORM.fullmatch(before)
            assert before < position
            position = before

    def test_a_task_made_later_comes_last(self):
        moved = position_between(position_between(None, None, now_us=NOW), None, now_us=NOW + 1)
        assert moved < position_between(None, None, now_us=NOW + 2)

    def test_of_two_who_move_into_the_same_gap_differ(self):
        first, last = position_between(None, None, now_us=NOW), position_between(None, None, now_us=NOW + 10**6)
        assert len({position_between(first, last, now_us=NOW) for _ in range(50)}) > 45
