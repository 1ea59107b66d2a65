from pathlib import Path

import h5py
import numpy as np
import pytest

from pipeline.illustrations.picture_tags import PictureTags, Tag, write_picture_tags
from pipeline.illustrations.search.answering import Place, QueryPicture, answer
from pipeline.illustrations.search.collection import Collection, require_one_network
from pipeline.illustrations.search.hits import Hit
from pipeline.illustrations.search.query import Term, parse_query
from pipeline.illustrations.search.searching import widest_gap
from pipeline.runtime.arrays import Floats
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.illustrations.search.made import stills, video

ANGLES = np.radians([0, 10, 20, 40, 80])
VALUES = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)]) ** 2  # of which roots are taken
NAMES = ["a.png", "b.png", "sub/c.png", "d.png", "e.png"]


@pytest.fixture
def album(tmp_path: Path) -> Collection:
    return stills(tmp_path / "album", NAMES, VALUES)


def asked(values: Floats, place: Place | None = None, sign: int = 1) -> QueryPicture:
    return QueryPicture(Term("x", sign=sign), [values[None].astype(np.float16)], b"", place)


def names(hits: list[Hit]) -> list[str]:
    return [hit.picture for hit in hits]


def test_the_most_similar_come_first_and_the_query_itself_is_no_hit(album: Collection) -> None:
    picture = asked(VALUES[1], Place(0, 1))
    hits = answer(parse_query("b.png"), [picture], [album], None)
    assert names(hits) == ["a.png", "sub/c.png", "d.png", "e.png"]
    expected = np.cos(ANGLES[[0, 2, 3, 4]] - ANGLES[1])
    assert [hit.similarity for hit in hits] == pytest.approx(expected.tolist(), abs=0.02)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]
    percentiles = [hit.percentile or 0 for hit in hits]
    assert percentiles == sorted(percentiles, reverse=True)
    assert all(0 <= percentile <= 100 for percentile in percentiles)
    assert names(answer(parse_query("b.png"), [picture], [album], 2)) == ["a.png", "sub/c.png"]


def test_pictures_are_added_and_taken_off(album: Collection) -> None:
    query = parse_query("x + x")
    middle = answer(query, [asked(VALUES[0]), asked(VALUES[3])], [album], 1)
    assert names(middle) == ["sub/c.png"]
    query = parse_query("x - x")
    away = answer(query, [asked(VALUES[3]), asked(VALUES[0], sign=-1)], [album], 1)
    assert names(away) == ["e.png"]


def test_a_line_leads_from_one_picture_to_the_other(album: Collection) -> None:
    hits = answer(parse_query("x > x"), [asked(VALUES[0]), asked(VALUES[4])], [album], 4)
    assert names(hits) == ["a.png", "sub/c.png", "d.png", "e.png"]
    assert [hit.step for hit in hits] == [0, 0.333, 0.667, 1]


def test_a_line_is_no_longer_than_there_are_pictures(album: Collection) -> None:
    hits = answer(parse_query("x > x"), [asked(VALUES[0]), asked(VALUES[4])], [album], 99)
    assert sorted(names(hits)) == sorted(NAMES)


def test_equal_pictures_are_one_hit(tmp_path: Path) -> None:
    twins = stills(tmp_path / "twins", ["1", "2", "3"], VALUES[:2], np.array([1, 0, 1]))
    hits = answer(parse_query("x"), [asked(VALUES[1])], [twins], None)
    assert [(hit.picture, hit.with_it) for hit in hits] == [("1", ["3"]), ("2", [])]


def test_a_scene_is_one_hit_and_that_of_the_query_none(tmp_path: Path) -> None:
    film = video(tmp_path / "film", [2, 2, 1], VALUES)
    hits = answer(parse_query("x"), [asked(VALUES[0])], [film], None)
    assert [(hit.picture, hit.time_ms) for hit in hits] == [
        ("0:00.0", 0),
        ("0:02.0", 2000),
        ("0:04.0", 4000),
    ]
    hits = answer(parse_query("x"), [asked(VALUES[1], Place(0, 1))], [film], None)
    assert names(hits) == ["0:02.0", "0:04.0"]


def test_collections_are_searched_together(album: Collection, tmp_path: Path) -> None:
    film = video(tmp_path / "film", [1, 1], VALUES[1:3])
    hits = answer(parse_query("x"), [asked(VALUES[0])], [album, film], 3)
    assert (hits[0].collection, hits[0].picture) == ("album", "a.png")
    assert {hit.collection for hit in hits} == {"album", "film"}


def tagged(album: Collection) -> None:
    tags = [("猫",), ("猫", "夜"), (), ("夜",), ("猫",)]
    write_picture_tags(
        album.folder / "tags.jsonl",
        [
            PictureTags(frame=n, picture=NAMES[n], tags=tuple(Tag(name=name) for name in some))
            for n, some in enumerate(tags)
        ],
    )


def test_tags_allow_and_forbid(album: Collection) -> None:
    tagged(album)
    assert names(answer(parse_query("tag:猫 -tag:夜"), [], [album], None)) == ["a.png", "e.png"]
    hits = answer(parse_query("x tag:夜"), [asked(VALUES[4])], [album], None)
    assert names(hits) == ["d.png", "b.png"]
    assert answer(parse_query("tag:猫 tag:夜"), [], [album], 1)[0].similarity is None


def test_tags_that_are_not_there_are_told(album: Collection) -> None:
    with pytest.raises(PipelineError, match="album has no tags") as caught:
        answer(parse_query("tag:猫"), [], [album], None)
    assert caught.value.code == ExitCode.LABELS_MISSING
    tagged(album)
    with pytest.raises(PipelineError, match="no picture has the tag 猪") as caught:
        answer(parse_query("tag:猪"), [], [Collection.load(album.folder)], None)
    assert caught.value.code == ExitCode.USAGE


def test_the_widest_gap_has_a_rank(album: Collection) -> None:
    hits = answer(parse_query("x"), [asked(VALUES[0])], [album], None)
    gap = widest_gap(hits)
    assert gap is not None
    assert (gap.rank, gap.above, gap.below) == (4, hits[3].similarity, hits[4].similarity)
    assert widest_gap(hits[:2]) is None


def test_different_networks_are_not_compared(album: Collection, tmp_path: Path) -> None:
    other = stills(tmp_path / "other", NAMES, VALUES)
    with h5py.File(other.folder / "features.h5", "r+") as file:
        file.attrs["weights"] = "newer"
    require_one_network([album, album])
    with pytest.raises(PipelineError, match="different networks") as caught:
        require_one_network([album, other])
    assert caught.value.code == ExitCode.BAD_ARTIFACT
