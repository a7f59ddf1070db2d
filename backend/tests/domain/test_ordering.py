"""What titles are sorted by."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.domain.ordering import TITLE_KEY_LENGTH, title_key
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
