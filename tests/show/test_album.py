import shutil
from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.show import stills as stills_module
from pipeline.show.album import is_made, make_album
from pipeline.show.album_truth import AlbumTruth, StillTruth
from pipeline.show.humour import captions
from pipeline.show.script import PLACES, Role
from pipeline.show.spec import AlbumSpec
from pipeline.show.stage import draw_roles
from pipeline.show.truth import FaceTruth, Truth, truth_beside, truth_path

SMALL = AlbumSpec(stills=40, width=64, height=36)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small album in it; tests leave it as it is."""
    path = tmp_path_factory.mktemp("album")
    make_album(path, SMALL)
    return path


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """A copy of that folder, to be changed."""
    shutil.copytree(folder, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture(scope="module")
def truth(folder: Path) -> AlbumTruth:
    return AlbumTruth.load(truth_path(folder, SMALL.stem))


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_the_same_spec_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    assert make_album(tmp_path, SMALL) == tmp_path / "nekomachi-album-2017"
    assert contents(tmp_path) == contents(folder)


def test_another_season_has_other_pictures_and_jokes(folder: Path, tmp_path: Path) -> None:
    other = make_album(tmp_path, msgspec.structs.replace(SMALL, seed=1))
    pictures = {file.read_bytes() for file in (folder / SMALL.stem).glob("*.png")}
    assert not pictures & {file.read_bytes() for file in other.glob("*.png")}
    captions = [(path / "captions.csv").read_text() for path in (other, folder / SMALL.stem)]
    assert captions[0] != captions[1]


def test_there_are_as_many_pictures_as_asked_for_in_their_size(
    folder: Path, truth: AlbumTruth
) -> None:
    files = sorted((folder / SMALL.stem).glob("*.png"))
    assert [file.name for file in files] == [still.image for still in truth.stills]
    assert len(files) == SMALL.stills
    for file in files:
        with Image.open(file) as picture:
            assert (picture.size, picture.mode) == ((64, 36), "RGB")


def test_boxes_lie_in_the_picture_from_left_to_right(truth: AlbumTruth) -> None:
    for still in truth.stills:
        assert 1 <= len(still.people) <= 3
        middles = []
        for person in still.people:
            x0, y0, x1, y1 = person.box
            assert 0 <= x0 < x1 <= SMALL.width
            assert 0 <= y0 < y1 <= SMALL.height
            middles.append((x0 + x1) / 2)
        assert middles == sorted(middles)


def test_names_are_those_of_the_people_on_a_picture(truth: AlbumTruth) -> None:
    for still in truth.stills:
        there = truth.on_picture(still.image)
        assert there == {person.name for person in still.people} <= set(truth.cast)
        idle = {person.name for person in still.people if person.action == "standing"}
        assert truth.acting(still.image) == there - idle
    with pytest.raises(KeyError):
        truth.on_picture("9999.png")


def test_names_said_are_found_in_any_text(truth: AlbumTruth) -> None:
    assert truth.names_said("ミオとピコの朝") == {"ミオ", "ピコ"}
    assert truth.names_said("諸説あります") == set()


def test_pictures_can_be_split_by_scene(truth: AlbumTruth) -> None:
    scenes = defaultdict(list)
    for still in truth.stills:
        scenes[still.scene].append(still)
    assert list(scenes) == list(range(len(scenes)))
    assert SMALL.stills / 6 <= len(scenes) <= SMALL.stills / 3 + 1
    for stills in scenes.values():
        assert len({still.place for still in stills}) == 1
        assert len({person.name for still in stills for person in still.people}) <= 4
    assert {still.place for still in truth.stills} == set(PLACES)


def test_pictures_of_one_scene_share_the_background_but_differ(
    folder: Path, truth: AlbumTruth
) -> None:
    pixels = {}
    for still in truth.stills:
        with Image.open(folder / SMALL.stem / still.image) as picture:
            pixels[still] = np.asarray(picture).astype(int)
    within: list[float] = []
    across: list[float] = []
    for one, other in combinations(pixels, 2):
        change = np.abs(pixels[one] - pixels[other]).max(axis=2) > 16
        (within if one.scene == other.scene else across).append(change.mean())
    assert min(within) > 0.05
    assert np.median(within) < 0.6 * np.median(across)


def test_an_album_that_is_there_is_left_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("drawn again")

    monkeypatch.setattr(stills_module, "stills", refuse)
    assert make_album(folder, SMALL) == folder / SMALL.stem


@pytest.mark.parametrize("lost", ["0007.png", "captions.csv", "../nekomachi-album-2017.truth.json"])
def test_an_album_that_has_lost_a_file_is_made_again(folder: Path, copy: Path, lost: str) -> None:
    (copy / SMALL.stem / lost).unlink()
    assert not is_made(copy, SMALL)
    make_album(copy, SMALL)
    assert contents(copy) == contents(folder)


def test_a_smaller_album_takes_the_place_of_a_larger_one(copy: Path) -> None:
    fewer = msgspec.structs.replace(SMALL, stills=3)
    assert not is_made(copy, fewer)
    pictures = make_album(copy, fewer)
    assert sorted(file.name for file in pictures.iterdir()) == [
        *("0001.png", "0002.png", "0003.png", "captions.csv"),
    ]


def test_an_album_that_could_not_be_finished_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_album(tmp_path, SMALL, drawn=stop)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_files_of_others_are_not_removed(copy: Path) -> None:
    own = copy / SMALL.stem / "labels.jsonl"
    own.write_text("{}")
    assert make_album(copy, SMALL)  # It is there, and nothing has to be replaced.
    with pytest.raises(PipelineError, match=r"holds labels\.jsonl") as error:
        make_album(copy, msgspec.structs.replace(SMALL, stills=3))
    assert error.value.code is ExitCode.NOT_WRITABLE
    assert own.exists()
    assert is_made(copy, SMALL)


def test_a_file_in_the_way_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / SMALL.stem).write_text("my own")
    with pytest.raises(FileExistsError):
        make_album(tmp_path, SMALL)
    assert (tmp_path / SMALL.stem).read_text() == "my own"


def test_an_album_s_truth_is_not_taken_for_an_episode_s(folder: Path) -> None:
    assert truth_beside(folder / SMALL.stem) is None
    with pytest.raises(PipelineError, match="not a truth file"):
        Truth.load(truth_path(folder, SMALL.stem))


@pytest.fixture(scope="module")
def shots() -> list[StillTruth]:
    spec = AlbumSpec(stills=60, width=96, height=54, shots=True)
    return [still.truth for still in stills_module.stills(spec)]


def faces(shots: list[StillTruth]) -> list[FaceTruth]:
    return [person.face for still in shots for person in still.people if person.face is not None]


def test_everybody_on_the_whole_stage_has_a_face_within_their_box(truth: AlbumTruth) -> None:
    for still in truth.stills:
        for person in still.people:
            assert person.face is not None
            x0, y0, x1, y1 = person.box
            left, top, right, bottom = person.face.box
            assert x0 - 1 <= left < right <= x1 + 1
            assert y0 - 1 <= top < bottom <= y1 + 1
            assert 0 <= person.face.visible <= 1


def test_faces_of_shots_have_many_sizes_and_are_covered_or_cut_off(shots: list[StillTruth]) -> None:
    heights = [face.box[3] - face.box[1] for face in faces(shots) if face.visible == 1]
    assert max(heights) > 4 * min(heights)
    assert sum(0 < face.visible < 0.9 for face in faces(shots)) > 5


def test_faces_of_shots_lie_in_the_picture(shots: list[StillTruth]) -> None:
    for face in faces(shots):
        x0, y0, x1, y1 = face.box
        assert 0 <= x0 < x1 <= 96
        assert 0 <= y0 < y1 <= 54
        assert 0 <= face.visible <= 1


def test_some_shots_show_nobody_and_nobody_jokes_about_them(shots: list[StillTruth]) -> None:
    empty = [still for still in shots if not still.people]
    assert 0 < len(empty) < 20
    assert captions(AlbumSpec(), empty) == []


def test_who_stands_in_front_covers_a_face() -> None:
    spec = AlbumSpec(width=160, height=90)
    role = Role("ミオ", "standing", 0, 3, x=0.5, ground=0.9, facing=1, enters_from=0)
    behind, before = role, replace(role, name="ポチ", ground=0.95)
    picture = Image.new("RGB", (spec.width, spec.height))
    placed = draw_roles(picture, [before, behind], frame=0)
    alone = draw_roles(picture, [behind], frame=0)[behind].face
    covered, nearer = placed[behind].face, placed[before].face
    assert alone is not None
    assert covered is not None
    assert alone.visible == 1
    assert covered == msgspec.structs.replace(alone, visible=covered.visible)
    assert covered.visible < 0.5
    assert nearer is not None
    assert nearer.visible == 1
