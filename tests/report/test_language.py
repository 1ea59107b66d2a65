"""Lines that stages write in English, of which pages know the phrases."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from pipeline.report.language import Phrase, Phrases

PHRASES = Phrases(
    {
        "result.pictures": Phrase("{n} picture{s}", "画像 {n} 枚"),
        "result.through": Phrase("{n} picture{s} through {network}", "{network}: 画像 {n} 枚"),
        "result.moved": Phrase("(moved by {seconds} s)", "（{seconds} 秒ずらした）"),
        "other.rest": Phrase("the rest", "残り"),
    }
)


def test_each_part_of_a_line_is_the_most_definite_phrase_that_fits() -> None:
    shown = PHRASES.recognized("1,020 pictures through lite0; 1 picture (moved by 0.3 s)")
    through = PHRASES.element("result.through", n="1,020", s="s", network="lite0")
    one = PHRASES.element("result.pictures", n="1", s="")
    moved = PHRASES.element("result.moved", seconds="0.3")
    assert shown == Markup("{}; {} {}").format(through, one, moved)


def test_what_is_no_phrase_of_results_stays_as_it_is() -> None:
    shown = PHRASES.recognized("the rest, <b>, 3 pictures more")
    assert shown == "the rest, &lt;b&gt;, 3 pictures more"


@given(st.lists(st.sampled_from(["3 pictures", "; ", ", ", " (", "moved by 1 s)", "<&'\"", "s"])))
def test_in_english_a_line_reads_as_it_was_written(pieces: list[str]) -> None:
    line = "".join(pieces)
    shown = PHRASES.recognized(line)
    assert unescape(re.sub(r"</?span[^>]*>", "", shown)) == line
