import pytest

from pipeline.illustrations.search.query import Query, TagTerm, Term, parse_query
from pipeline.runtime.errors import ExitCode, PipelineError


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("cat.png", Query((Term("cat.png"),))),
        ("my cat.png", Query((Term("my cat.png"),))),
        ("icon@2x.png", Query((Term("icon@2x.png"),))),
        ("film.mp4@1:23.5", Query((Term("film.mp4", 83.5),))),
        (
            "a.png + b c.png - d.png",
            Query((Term("a.png"), Term("b c.png"), Term("d.png", sign=-1))),
        ),
        ("- a.png", Query((Term("a.png", sign=-1),))),
        ("a-b+c.png", Query((Term("a-b+c.png"),))),
        ("tag:猫 -tag:夜", Query(tags=(TagTerm("猫"), TagTerm("夜", False)))),
        ('tag:"long hair" a.png', Query((Term("a.png"),), (TagTerm("long hair"),))),
        ("a b.png tag:x + c.png", Query((Term("a b.png"), Term("c.png")), (TagTerm("x"),))),
        ("a.png > b.png", Query((Term("a.png"),), end=(Term("b.png"),))),
        ("a + b > c - d", Query((Term("a"), Term("b")), end=(Term("c"), Term("d", sign=-1)))),
    ],
)
def test_what_is_asked_for(text: str, query: Query) -> None:
    assert parse_query(text) == query


@pytest.mark.parametrize(
    "text", ["", "  ", "a +", "+ + a", "a >", "> a", "a > b > c", "tag:", "-tag:"]
)
def test_what_cannot_be_read_is_refused_with_examples(text: str) -> None:
    with pytest.raises(PipelineError, match="Ask as in one of") as caught:
        parse_query(text)
    assert caught.value.code == ExitCode.USAGE
