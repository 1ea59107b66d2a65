from typing import Any

from pipeline.danmaku.comments.merging import Merger, Position
from pipeline.danmaku.comments.record import Comment


def repeats(files: list[list[Comment]]) -> list[tuple[int, int]]:
    """(number, number of the comment it repeats) of all that repeat one."""
    merger = Merger(len(files))
    found, number = [], 0
    for index, file in enumerate(files):
        for comment in file:
            number += 1
            original = merger.original(comment, Position(index, number))
            if original is not None:
                found.append((number, original.number))
    return found


def posted(text: str = "草", time_ms: int = 1000, **fields: Any) -> Comment:
    return Comment(time_ms=time_ms, text=text, **fields)


def numbered(no: int, fork: str = "main", thread: str = "1", text: str = "草") -> Comment:
    return posted(text, no=no, fork=fork, thread=thread)


def test_the_same_thread_fork_and_number_are_one_comment() -> None:
    assert repeats([[numbered(1), numbered(2), numbered(1)]]) == [(3, 1)]
    assert repeats([[numbered(1)], [numbered(1, text="edited")]]) == [(2, 1)]


def test_numbers_alone_collide_between_forks_and_threads() -> None:
    assert repeats([[numbered(1), numbered(1, "owner"), numbered(1, thread="2")]]) == []


def test_a_file_that_lost_the_forks_is_matched_by_time_text_and_author() -> None:
    full = [
        posted(no=1, fork="main", thread="1", user="a"),
        posted(no=1, fork="owner", thread="1"),
    ]
    flat = [
        posted(no=1, user="a"),
        posted("new", no=2, user="a"),
        posted(no=1, time_ms=1004),
    ]
    assert repeats([full, flat]) == [(3, 1), (5, 2)]
    assert repeats([flat, full]) == [(4, 1), (5, 3)]


def test_another_author_time_or_text_is_another_comment() -> None:
    one = [posted(user="a")]
    other = [
        posted(user="b"),
        posted("w", user="a"),
        posted(time_ms=1010, user="a"),
        posted(),
    ]
    assert repeats([one, other]) == []


def test_within_a_file_only_a_known_author_repeats_himself() -> None:
    assert repeats([[posted(), posted()]]) == []
    assert repeats([[posted(user="a"), posted(user="a")]]) == [(2, 1)]
    assert repeats([[posted(no=1, user="a"), posted(no=2, user="a")]]) == []


def test_two_full_files_are_not_matched_by_content() -> None:
    assert repeats([[numbered(1)], [numbered(2)]]) == []
