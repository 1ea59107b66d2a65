import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lettering.bidi import runs_leftward
from pipeline.lettering.line_breaking import Passage, units

PIECES = (
    *"あっーカ漢、。「」（）…ab1,.!?-\"' 　กเ한กำאש١ब्",
    *("👩\u200d🚀", "🇯🇵", "👍🏽", "e\u0301", "hello", "\u00a0", "――"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
MARKS = str.maketrans("", "", "\u200e\u200f")


def width(text: str) -> float:
    """Every character is as wide as any other."""
    return float(len(text))


def lines(text: str, limit: float) -> list[str]:
    return Passage(text, width).lines(limit)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("「猫」、寝た。", "「猫」、|寝|た。"),
        ("ちょっとスーパー！？", "ちょっ|と|スー|パー！？"),
        ("って……まあ――ね", "っ|て……|ま|あ|――|ね"),
        ("It's $3.50 (or -5%), well-known.", "It's |$3.50 |(or |-5%), |well-|known."),
        ("東京Tokyo駅（笑）です", "東|京|Tokyo|駅|（笑）|で|す"),
        ("“So,” he said", "“So,” |he |said"),
        ("10\u00a0km left", "10\u00a0km |left"),
        ("👩\u200d🚀🇯🇵🇺🇸👍🏽！", "👩\u200d🚀|🇯🇵|🇺🇸|👍🏽！"),
        ("한국어는 네!", "한국어는 |네!"),
        ("เก่าที่", "เก่า|ที่"),
        ("ខ្ញុំស្រ", "ខ្ញុំ|ស្រ"),
        ("שלום, עולם", "שלום, |עולם"),
        ("क्षत्रिय है", "क्षत्रिय |है"),
    ],
)
def test_units_that_stay_whole(text: str, expected: str) -> None:
    assert "|".join(units(text)) == expected


@given(TEXTS)
def test_units_are_the_whole_text(text: str) -> None:
    assert "".join(units(text)) == text


@given(TEXTS, st.integers(4, 30))
def test_lines_fit_and_keep_every_character(text: str, limit: int) -> None:
    found = [line.translate(MARKS) for line in lines(text, limit)]
    assert all(len(line) <= limit for line in found)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert len(found) == Passage(text, width).line_count(limit)


@given(st.lists(st.sampled_from("あいう漢字カ、。「」っーん"), max_size=60).map("".join))
def test_no_line_begins_or_ends_with_what_may_not(text: str) -> None:
    limit = max([10, *map(len, units(text))])
    found = lines(text, limit)
    assert not any(line[0] in "、。」っー" for line in found[1:])
    assert not any(line[-1] == "「" for line in found[:-1])


def test_lines_are_even_and_no_word_is_left_alone() -> None:
    assert lines("aa bb cc dd ee ff gg", 18) == ["aa bb cc", "dd ee ff gg"]
    assert lines("あ" * 11, 10) == ["あ" * 5, "あ" * 6]


def test_lines_end_where_words_do_if_that_costs_little() -> None:
    assert lines("会社の忘年会で、誰も笑わなかったときの部長の顔", 15) == [
        "会社の忘年会で、誰も",
        "笑わなかったときの部長の顔",
    ]
    assert lines("ตอนออกจากบ้านไปทำงานเมื่อเช้านี้", 26)[1][0] in "เแโใไ"


def test_newlines_stay_and_words_too_long_are_broken() -> None:
    assert lines("あ\n\nい", 10) == ["あ", "", "い"]
    assert lines("あ " + "w" * 14, 8) == ["あ wwwwww", "wwwwwwww"]
    assert lines("", 10) == [""]


def test_a_line_has_the_direction_of_its_paragraph() -> None:
    found = lines("שלום ABCDEFG עולם", 9)
    assert len(found) == 3
    assert all(runs_leftward(line) for line in found)
    assert not any(runs_leftward(line) for line in lines("abcd שלום עולם", 6))


@given(TEXTS, st.integers(4, 20), st.integers(1, 4))
def test_what_is_cut_ends_with_an_ellipsis(text: str, limit: int, most: int) -> None:
    passage = Passage(text, width)
    shown = passage.shortened(limit, most)
    found = [line.translate(MARKS) for line in shown.lines(limit)]
    assert len(found) <= most
    if shown is not passage:
        kept = "".join("".join(found).split())
        assert kept.endswith("…")
        assert "".join(text.split()).startswith(kept[:-1])
