"""How much there is of videos, as far as can be told quickly."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from pipeline.sources.extents import _MAX_OPENED, amounts
from pipeline.sources.picture_registration import register_pictures
from pipeline.sources.registration import register
from tests import clips


def registered(workdir: Path, *videos: Path, comments: Sequence[Path] = ()) -> list[str]:
    return [register(workdir, video, comments) for video in videos]


def test_a_video_s_headers_tell_how_much_there_is(tmp_path: Path) -> None:
    video = clips.constant(tmp_path / "a.mp4", size="64x48", rate="5", seconds=2)
    comments = tmp_path / "a.xml"
    comments.write_text("<packet/>")
    (name,) = registered(tmp_path / "workdir", video)
    assert amounts(tmp_path / "workdir", {name: {}})[name] == {
        "seconds": pytest.approx(2),
        "frames": 10,
        "pixels": 64 * 48,
        "comment_bytes": len("<packet/>"),
        "label_bytes": 0,
    }


def test_what_was_recorded_is_not_asked_for_again(tmp_path: Path) -> None:
    video = tmp_path / "a.mp4"
    video.write_text("no video")
    (name,) = registered(tmp_path / "workdir", video)
    assert amounts(tmp_path / "workdir", {name: {"seconds": 3}})[name] == {
        "comment_bytes": 0,
        "label_bytes": 0,
    }


def test_of_a_season_some_are_looked_into(tmp_path: Path) -> None:
    clip = clips.constant(tmp_path / "clip.mp4", rate="5", seconds=2)
    videos = [tmp_path / f"{number}.mp4" for number in range(2 * _MAX_OPENED)]
    for number, video in enumerate(videos):
        # An even one is a video; an odd one has half its bytes and cannot be opened.
        size = clip.stat().st_size
        video.write_bytes(clip.read_bytes() if number % 2 == 0 else bytes(size // 2))
    names = registered(tmp_path / "workdir", *videos)
    found = amounts(tmp_path / "workdir", {name: {} for name in names})
    assert found["0"]["seconds"] == pytest.approx(2)
    assert found["1"]["seconds"] == pytest.approx(1, rel=0.01)
    assert found["1"]["pixels"] == found["0"]["pixels"]


def test_one_that_cannot_be_opened_is_guessed_by_its_size(tmp_path: Path) -> None:
    files = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    for number, file in enumerate(files, 1):
        file.write_bytes(bytes(number * 1000))
    one, two = registered(tmp_path / "workdir", *files)
    found = amounts(tmp_path / "workdir", {one: {}, two: {}})
    assert found[two]["seconds"] == pytest.approx(2 * found[one]["seconds"])
    assert found[one]["seconds"] > 0


def test_a_folder_without_pointers_has_nothing(tmp_path: Path) -> None:
    assert amounts(tmp_path, {"gone": {}}) == {"gone": {"comment_bytes": 0, "label_bytes": 0}}


def test_a_folder_of_pictures_has_a_second_for_each(tmp_path: Path) -> None:
    album = tmp_path / "album"
    album.mkdir()
    for number in range(3 * _MAX_OPENED):
        Image.new("RGB", (40, 20), (number, 0, 0)).save(album / f"{number:03}.png")
    name = register_pictures(tmp_path / "workdir", album)
    found = amounts(tmp_path / "workdir", {name: {}})[name]
    count = 3 * _MAX_OPENED
    assert (found["stills"], found["frames"], found["seconds"]) == (count, count, count)
    assert found["pixels"] > 0


def test_listed_pictures_are_found_where_the_list_lies(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20)).save(tmp_path / "a.png")
    (tmp_path / "list.txt").write_text("a.png\nnone.png\n")
    name = register_pictures(tmp_path / "workdir", tmp_path / "list.txt")
    found = amounts(tmp_path / "workdir", {name: {}})[name]
    assert found["stills"] == 2
    assert found["pixels"] > 0
