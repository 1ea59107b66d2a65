"""Which picture the words of a query mean."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.illustrations.search.answering import Place
from pipeline.illustrations.search.collection import Collection
from pipeline.illustrations.search.query import Term, parse_query
from pipeline.media.picture_folder import PictureFolder
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.pointers import STILLS_POINTER, VIDEO_POINTER, Source, StillsSource
from pipeline.sources.query_pictures import query_picture
from tests.illustrations.search.made import stills, video

NAMES = ["cat.png", "sub/cat.png", "sub/dog.png"]
VALUES = np.eye(3) + 1


@pytest.fixture
def collections(tmp_path: Path) -> list[Collection]:
    """An album beside its pictures, and a video of three pictures, of which the last lasts."""
    pictures = tmp_path / "pictures"
    (pictures / "sub").mkdir(parents=True)
    for name in NAMES:
        Image.new("RGB", (20, 10)).save(pictures / name)
    album = stills(tmp_path / "album", NAMES, VALUES)
    folder = PictureFolder.open(pictures)
    StillsSource(str(pictures), "0", list(folder.files)).save(album.folder / STILLS_POINTER)
    film = video(tmp_path / "film", [2, 1], VALUES)
    (tmp_path / "film.mp4").touch()
    Source(str(tmp_path / "film.mp4"), "0").save(film.folder / VIDEO_POINTER)
    return [album, film]


def place(text: str, collections: list[Collection]) -> Place | None:
    (term,) = parse_query(text).terms
    return query_picture(term, collections, "squeeze").place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}/pictures/sub/dog.png", Place(0, 2)),
        ("cat.png", Place(0, 0)),
        ("sub/cat.png", Place(0, 1)),
        ("sub/cat", Place(0, 1)),
        ("dog", Place(0, 2)),
        ("film@1.5", Place(1, 1)),
        ("{}/film.mp4@0:02", Place(1, 2)),
        ("film@99", Place(1, 2)),
        ("film@0", Place(1, 0)),
    ],
)
def test_pictures_go_by_their_paths_and_names(
    collections: list[Collection], tmp_path: Path, text: str, expected: Place
) -> None:
    assert place(text.format(tmp_path), collections) == expected


def test_its_values_are_those_of_its_row(collections: list[Collection]) -> None:
    picture = query_picture(Term("dog"), collections, "squeeze")
    assert [values.tolist() for values in picture.values] == [VALUES[2:].tolist()]
    assert picture.thumbnail.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dig.png", "Did you mean `sub/dog.png`"),
        ("cat", "2 pictures may be meant by cat, such as cat.png, sub/cat.png"),
        ("film", "no time is named. Say when: film@1:23"),
        ("{}/film.mp4", "no time is named"),
        ("cat.png+dog.png", "need spaces around them"),
    ],
)
def test_what_is_not_clear_is_asked_back(
    collections: list[Collection], tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(PipelineError) as caught:
        place(text.format(tmp_path), collections)
    assert said in str(caught.value)
    assert caught.value.code == ExitCode.USAGE
