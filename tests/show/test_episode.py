import shutil
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pipeline.media.decode import scaled_pictures
from pipeline.media.probe import probe
from pipeline.runtime.errors import PipelineError
from pipeline.show import episode as episode_module
from pipeline.show.episode import is_made, make_episode
from pipeline.show.spec import RATE, EpisodeSpec
from pipeline.show.truth import Truth, truth_beside

from .conftest import SMALL


def decoded(video: Path) -> np.ndarray:
    return np.stack([timed.pixels.copy() for timed in scaled_pictures(probe(video), 48)])


def truth_of(folder: Path) -> Truth:
    path = truth_beside(folder / "nekomachi-01.mp4")
    assert path is not None
    return Truth.load(path)


def test_the_same_spec_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    again = make_episode(tmp_path, SMALL)
    for ending in (".xml", ".truth.json"):
        name = again.with_suffix(ending).name
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    assert (decoded(again) == decoded(folder / again.name)).all()


def test_the_truth_counts_the_frames_of_the_video(folder: Path) -> None:
    truth = truth_of(folder)
    assert len(decoded(folder / "nekomachi-01.mp4")) == truth.frame_count == SMALL.frame_count
    assert truth.spec == SMALL
    assert Fraction(truth.frame_rate) == RATE


def test_the_video_has_sound_and_its_length(folder: Path) -> None:
    info = probe(folder / "nekomachi-01.mp4")
    assert (info.width, info.height, info.rate) == (96, 54, RATE)
    assert info.sound_codecs == ("aac",)
    assert abs(info.duration - Fraction(SMALL.seconds)) <= 1 / RATE


def test_held_drawings_look_alike_and_new_ones_do_not(folder: Path) -> None:
    truth = truth_of(folder)
    pictures = decoded(folder / "nekomachi-01.mp4").astype(int)
    change = np.abs(np.diff(pictures, axis=0)).mean(axis=(1, 2, 3))
    scene = truth.scenes[1]
    inside = np.arange(scene.start_frame + 3, scene.end_frame - 3)
    new = inside % truth.frames_per_drawing == 0
    assert np.median(change[inside - 1][new]) > 5 * np.median(change[inside - 1][~new])


def test_boxes_lie_in_the_picture_and_cover_every_drawing(folder: Path) -> None:
    truth = truth_of(folder)
    assert truth.appearances
    for appearance in truth.appearances:
        held = range(appearance.start_frame, appearance.end_frame, truth.frames_per_drawing)
        assert len(appearance.drawings) == len(held)
        for drawing in appearance.drawings:
            x0, y0, x1, y1 = drawing.box
            assert 0 <= x0 < x1 <= SMALL.width
            assert 0 <= y0 < y1 <= SMALL.height
            assert y1 - y0 > 0.25 * SMALL.height


def test_boxes_are_given_for_exactly_those_on_screen(folder: Path) -> None:
    truth = truth_of(folder)
    for frame in range(truth.frame_count):
        assert frozenset(truth.boxes(frame)) == truth.on_screen(frame) <= set(truth.cast)


def test_an_episode_that_is_there_is_left_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("drawn again")

    monkeypatch.setattr(episode_module, "_film", refuse)
    assert make_episode(folder, SMALL) == folder / "nekomachi-01.mp4"


@pytest.mark.parametrize("change", [{"seed": 1}, {"seconds": 4.0}, {"comment_rate": 3.0}])
def test_another_spec_is_another_episode(folder: Path, change: dict[str, float]) -> None:
    assert not is_made(folder, msgspec.structs.replace(SMALL, **change))


def test_an_episode_is_made_again_where_the_spec_differs(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "show"
    shutil.copytree(folder, copy)
    shorter = msgspec.structs.replace(SMALL, seconds=2.5)
    make_episode(copy, shorter)
    assert truth_of(copy).spec == shorter
    assert is_made(copy, shorter)


@pytest.mark.parametrize("ending", [".mp4", ".xml", ".truth.json"])
def test_an_episode_without_one_of_its_files_is_not_made(
    folder: Path, tmp_path: Path, ending: str
) -> None:
    copy = tmp_path / "show"
    shutil.copytree(folder, copy)
    (copy / f"nekomachi-01{ending}").unlink()
    assert not is_made(copy, SMALL)


def test_a_file_that_is_no_truth_says_so(tmp_path: Path) -> None:
    path = tmp_path / "nekomachi-01.truth.json"
    path.write_text("{}")
    with pytest.raises(PipelineError, match="not a truth file"):
        Truth.load(path)
    assert not is_made(tmp_path, EpisodeSpec())


def test_a_video_of_another_kind_has_no_truth(tmp_path: Path) -> None:
    assert truth_beside(tmp_path / "clip.mp4") is None


def test_everybody_on_screen_has_a_face_unless_it_is_beyond_the_picture(folder: Path) -> None:
    truth = truth_of(folder)
    shares = []
    for frame in range(truth.frame_count):
        faces = truth.faces(frame)
        assert set(faces) <= truth.on_screen(frame)
        for face in faces.values():
            x0, y0, x1, y1 = face.box
            assert 0 <= x0 < x1 <= SMALL.width
            assert 0 <= y0 < y1 <= SMALL.height
            shares.append(face.visible)
    assert np.median(shares) > 0.9
