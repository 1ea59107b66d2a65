"""The same drawings in four lights: pairs whose truth is known."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.show.__main__ import main
from pipeline.show.album import is_made, make_album
from pipeline.show.album_truth import AlbumTruth
from pipeline.show.lights import lit
from pipeline.show.script import write_script
from pipeline.show.spec import LIGHTS, AlbumSpec, EpisodeSpec, Light
from pipeline.show.stage import drawings
from pipeline.show.truth import truth_path

SPEC = AlbumSpec(stills=6, width=64, height=36, lights=True)


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path), int)


def test_each_still_is_drawn_in_each_light_under_one_name(tmp_path: Path) -> None:
    album = make_album(tmp_path, SPEC)
    assert album.name == "nekomachi-lights-2017" and is_made(tmp_path, SPEC)
    names = [f"{number:04}.png" for number in range(1, 7)]
    for light in LIGHTS:
        assert sorted(path.name for path in (album / light).iterdir()) == names
    assert sorted(path.name for path in album.iterdir()) == sorted(LIGHTS)
    bright = {light: pixels(album / light / names[0]).mean() for light in LIGHTS}
    assert bright["night"] < bright["sunset"] < bright["day"] < bright["snow"]
    truth = AlbumTruth.load(truth_path(tmp_path, album.name))
    assert [still.scene for still in truth.stills] == list(range(6))
    assert "night street" not in {still.place for still in truth.stills}
    (album / "snow" / names[2]).unlink()
    assert not is_made(tmp_path, SPEC)


def test_an_album_in_lights_does_not_replace_files_of_others(tmp_path: Path) -> None:
    (tmp_path / SPEC.stem / "night").mkdir(parents=True)
    (tmp_path / SPEC.stem / "night" / "mine.jpg").write_bytes(b"")
    with pytest.raises(PipelineError, match=r"mine\.jpg"):
        make_album(tmp_path, SPEC)


@pytest.mark.parametrize("light", LIGHTS)
def test_a_light_keeps_edges_and_changes_colours(light: Light) -> None:
    spec = EpisodeSpec(seconds=4, width=64, height=36)
    drawing = list(drawings(spec, write_script(spec)))[10].picture
    made = np.asarray(lit(drawing, light), int)
    assert made.shape == (36, 64, 3)
    by_day = np.asarray(drawing, int)
    assert (light == "day") == np.array_equal(made, by_day)
    slopes = [np.abs(np.diff(of.mean(-1), axis=1)).ravel() for of in (made, by_day)]
    assert np.corrcoef(*slopes)[0, 1] > 0.7


def test_an_episode_by_night_has_a_name_of_its_own() -> None:
    night = msgspec.structs.replace(EpisodeSpec(), light="night")
    assert (EpisodeSpec().stem, night.stem) == ("nekomachi-01", "nekomachi-01-night")
    with pytest.raises(PipelineError, match="no light"):
        msgspec.structs.replace(EpisodeSpec(), light="dusk").__post_init__()


@pytest.mark.parametrize("words", [["--lights"], ["--album", "3", "--light", "snow"]])
def test_lights_are_of_albums_and_one_light_of_episodes(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--folder", str(tmp_path), *words]) == ExitCode.USAGE
    assert "--light" in capsys.readouterr().err
