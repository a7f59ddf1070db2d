"""Clean text and the keys that texts are compared by."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.domain.text import UncleanText, clean_line, clean_lines, identity_key, is_visible

CLEANERS = [clean_line, clean_lines]
CONTROLS = [chr(c) for c in (*range(0x20), *range(0x7F, 0xA0))]
ACCEPTED = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]))


@pytest.mark.parametrize("clean", CLEANERS)
class TestCleanText:
    @given(text=st.text())
    def test_is_clean_already(self, clean, text: str):
        try:
            cleaned = clean(text)
        except UncleanText:
            return
        assert clean(cleaned) == cleaned
        assert cleaned == cleaned.strip()
        assert unicodedata.is_normalized("NFC", cleaned)
        cleaned.encode()

    @given(text=ACCEPTED)
    def test_is_the_same_in_either_unicode_form(self, clean, text: str):
        assert clean(unicodedata.normalize("NFD", text)) == clean(unicodedata.normalize("NFC", text))

    @given(text=ACCEPTED)
    def test_keeps_every_character_but_the_outer_blanks(self, clean, text: str):
        assert clean(text) == unicodedata.normalize("NFC", text).strip()

    @pytest.mark.parametrize("control", [c for c in CONTROLS if c not in "\t\n\r"], ids=lambda c: f"U+{ord(c):04X}")
    def test_holds_no_control_character(self, clean, control: str):
        for text in (control, f"a{control}b", f"{control}a", f"a{control}"):
            with pytest.raises(UncleanText) as refusal:
                clean(text)
            assert refusal.value.code == "control_character"

    @pytest.mark.parametrize("half", ["\ud800", "\udc00\ud800"], ids=["high", "both, the wrong way round"])
    def test_holds_no_half_of_a_character(self, clean, half: str):
        with pytest.raises(UncleanText) as refusal:
            clean(f"a{half}b")
        assert refusal.value.code == "lone_surrogate"

    @pytest.mark.parametrize("separator", ["\u2028", "\u2029"])
    def test_holds_no_unicode_line_break(self, clean, separator: str):
        with pytest.raises(UncleanText):
            clean(f"a{separator}b")

    def test_keeps_tabs_inside(self, clean):
        assert clean("\ta\tb\t") == "a\tb"

    def test_keeps_what_joins_and_directs_visible_text(self, clean):
        for text in ("👨\u200d👩\u200d👧", "नमस्\u200dते", "\u202bשלום\u202c world", "a\u00adb"):
            assert clean(text) == text


class TestLineBreaks:
    @pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n"])
    def test_are_refused_in_one_line(self, line_break: str):
        with pytest.raises(UncleanText):
            clean_line(f"a{line_break}b")

    def test_are_all_made_one_kind_in_several_lines(self):
        assert clean_lines("a\r\nb\rc\nd\n\re\r\n") == "a\nb\nc\nd\n\ne"

    def test_refusals_repeat_nothing(self):
        with pytest.raises(UncleanText) as refusal:
            clean_line("canary\x00")
        assert "canary" not in str(refusal.value)


class TestVisible:
    @pytest.mark.parametrize(
        "text", ["a", ".", "👍", "\u0e01", "א", "\ue000", "e\u0301", "\u200ba", "🫨", "\u0628\u200f", "\u3042", "-"]
    )
    def test_is_what_has_a_glyph(self, text: str):
        assert is_visible(text)

    @pytest.mark.parametrize(
        "text",
        [
            "", " ", "\u00a0", "\u2003", "\u3000", "\u200b", "\u200c\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f",
            "\u061c", "\u115f", "\u1160", "\u180e", "\u202a\u202e\u202c", "\u2066\u2069", "\u2065", "\u2800",
            "\u3164", "\uffa0", "\ufe0f", "\ufff0", "\ufff8", "\U0001d173", "\U000e0001", "\U000e0041",
            "\U000e0100", "\U000e0fff", "\u17b4", "\u0301",
        ],
        ids=lambda text: " ".join(f"U+{ord(c):04X}" for c in text) or "nothing",
    )  # fmt: skip
    def test_is_not_what_takes_no_ink(self, text: str):
        assert not is_visible(text)
        assert not is_visible(text * 3)


class TestIdentityKey:
    @given(ACCEPTED)
    def test_is_its_own_key(self, text: str):
        assert identity_key(identity_key(text)) == identity_key(text)

    @given(ACCEPTED)
    def test_is_the_same_in_every_unicode_form(self, text: str):
        keys = {identity_key(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}
        assert keys == {identity_key(text)}

    @given(ACCEPTED)
    def test_does_not_know_case(self, text: str):
        assert identity_key(unicodedata.normalize("NFC", text).casefold()) == identity_key(text)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("A@x.com", "a@X.COM"),
            ("straße", "STRASSE"),
            ("é", "E\u0301"),
            ("\uff41\uff20\uff42", "a@b"),  # full-width
            ("\u212a", "k"),  # the Kelvin sign
            ("Σίσυφος", "σίσυφοσ"),
            ("ﬁ", "FI"),
        ],
    )
    def test_is_equal_for_what_a_reader_takes_for_the_same(self, one: str, other: str):
        assert identity_key(one) == identity_key(other)

    @pytest.mark.parametrize(("one", "other"), [("a", "b"), ("a.b", "ab"), ("a", "á"), ("a", "а"), ("i", "ı")])
    def test_differs_for_what_is_not(self, one: str, other: str):
        assert identity_key(one) != identity_key(other)
