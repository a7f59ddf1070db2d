"""What is a word, and what the words in a search box mean."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.domain.search import parse_search, search_document, words_of

OWNER = UUID("019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10")
MARK = "C348H58Q"


class TestWords:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Buy milk, eggs", "buy milk eggs"),
            ("Crème BRÛLÉE", "creme brulee"),
            ("Straße", "strasse"),
            ("C++ or C#", "c + + or c #"),
            ("100% sure_thing", "100 % sure _ thing"),
            ("ana@example.com", "ana @ example com"),
            ("don't", "don t"),
            ("會議 notes", "會 議 notes"),
            ("カタカナ", "カ タ カ ナ"),
            ("हिन्दी", "हिनदी"),
            ("party 🎉!", "party 🎉"),
            ("Привет, мир", "привет мир"),
            ("", ""),
            (". , ; !", ""),
        ],
    )
    def test_are_cut_and_folded(self, text: str, words: str):
        assert list(words_of(text)) == words.split()

    @given(st.text(max_size=300))
    def test_of_any_text_need_no_quoting(self, text: str):
        for word in words_of(text):
            assert 0 < len(word) <= 64
            assert not set(word) & set("'\\/ \t\n")

    @given(st.text(st.characters(max_codepoint=0x24F), max_size=80))
    def test_do_not_know_case(self, text: str):
        assert list(words_of(text.casefold())) == list(words_of(text))


class TestDocument:
    def test_has_the_places_of_each_word_and_marks_the_title(self):
        document = search_document(OWNER, "milk and milk", "more milk")
        assert document == f"'{MARK}' '{MARK}milk':1A,3A,6 '{MARK}and':2A '{MARK}more':5"

    def test_is_bounded(self):
        document = search_document(OWNER, "x" * 255, "a " * 5000)
        assert document.count(",") == 254
        assert "x" * 65 not in document


class TestQuery:
    @pytest.mark.parametrize(
        ("text", "anywhere", "in_title"),
        [
            ("milk", "('milk':*)", "('milk':*A)"),
            ("buy milk", "('buy':*) & ('milk':*)", "('buy':*A) & ('milk':*A)"),
            ('"buy milk"', "('buy' <-> 'milk')", "('buy':A <-> 'milk':A)"),
            ('"buy mi', "('buy' <-> 'mi':*)", "('buy':A <-> 'mi':*A)"),
            ("milk -eggs", "('milk':*) & !('eggs')", "('milk':*A)"),
            ('milk -"hard eggs"', "('milk':*) & !('hard' <-> 'eggs')", "('milk':*A)"),
            ("-eggs", "'' & !('eggs')", "''"),
            ("-eggs milk", "('milk':*) & !('eggs')", "('milk':*A)"),
            ("e-mail", "('e' <-> 'mail':*)", "('e':A <-> 'mail':*A)"),
            ("C++", "('c' <-> '+' <-> '+')", "('c':A <-> '+':A <-> '+':A)"),
            ("會議", "('會' <-> '議')", "('會':A <-> '議':A)"),
            ('say "hi" now', "('say':*) & ('hi') & ('now':*)", "('say':*A) & ('hi':A) & ('now':*A)"),
            ("- milk", "('milk':*)", "('milk':*A)"),
            ("a !b | (c)", "('a':*) & ('b':*) & ('|') & ('c':*)", "('a':*A) & ('b':*A) & ('|':A) & ('c':*A)"),
        ],
    )
    def test_means_what_a_person_means(self, text: str, anywhere: str, in_title: str):
        search = parse_search(OWNER, text)
        assert search is not None
        assert tuple(query.replace(MARK, "") for query in search) == (anywhere, in_title)

    @pytest.mark.parametrize("text", [".", '""', '"', "-", "-...", "\\'", "!!! ???"])
    def test_of_punctuation_alone_finds_nothing(self, text: str):
        assert parse_search(OWNER, text) is None
