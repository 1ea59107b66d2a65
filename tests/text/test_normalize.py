import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.normalize import Lines, normalize

RUNS = st.integers(1, 6)
TEXTS = st.text() | st.text(alphabet="wｗ8８草。 　\n\u3099\u0301か", max_size=40)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("ｗｗｗｗｗｗｗｗ", "wwww"),
        ("８８８８８", "8888"),
        ("ｷﾀ━━━━━━(ﾟ∀ﾟ)", "キタ━━━━(\u309a∀\u309a)"),
        ("一\n二\r\n\n\u3000\u3000三", "一 二 三"),
        ("  a\x00b\x08c\ufeff ", "a b c\ufeff"),
        ("①ﾊﾞﾊﾞ", "1ババ"),
        ("wwwwxwwww", "wwwwxwwww"),
        ("…………", "...."),
        (" \u3000\n", ""),
    ],
)
def test_examples(text: str, normal: str) -> None:
    assert normalize(text, 4) == normal


@given(TEXTS, RUNS)
def test_a_normal_text_stays_as_it_is(text: str, max_run: int) -> None:
    normal = normalize(text, max_run)
    assert normalize(normal, max_run) == normal


@given(TEXTS, RUNS)
def test_no_character_is_repeated_more_often_than_allowed(text: str, max_run: int) -> None:
    assert not re.search(rf"(.)\1{{{max_run}}}", normalize(text, max_run))


@given(TEXTS, RUNS)
def test_the_result_is_one_line_without_control_characters(text: str, max_run: int) -> None:
    normal = normalize(text, max_run)
    assert len(normal.splitlines()) <= 1
    assert normal == " ".join(normal.split())
    assert not [c for c in normal if unicodedata.category(c) in ("Cc", "Zl", "Zp")]


@pytest.mark.parametrize(("lines", "normal"), [("join", "一 二"), ("first", "一"), ("drop", "")])
def test_several_lines_are_joined_or_cut_or_dropped(lines: Lines, normal: str) -> None:
    assert normalize("\n \n一\n\n二\n", 4, lines=lines) == normal
    assert normalize("\n一 三\n \n", 4, lines=lines) == "一 三"


def test_runs_and_widths_stay_if_asked() -> None:
    assert normalize("ｗｗｗｗｗｗ ｶﾞ", None, nfkc=False) == "ｗｗｗｗｗｗ ｶﾞ"
    assert normalize("ｗ" * 9, 2, nfkc=False) == "ｗｗ"
