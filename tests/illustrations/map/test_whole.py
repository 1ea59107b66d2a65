"""`make illustrations-map` as users call it, and ordinary slips."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from pipeline.engine.stage import Files
from pipeline.illustrations.map.map_file import PictureMap
from pipeline.runtime.errors import ExitCode, PipelineError
from stages.illustrations.map import Config, check, run
from tests.illustrations.map.gallery import COLORS, COUNT, Gallery, animal, name_of, number_in


def test_like_lies_with_like_and_is_named(mapped: Gallery) -> None:
    made = PictureMap.load(mapped.made_of_it / "map" / "map.json")
    names = sorted(name_of(number) for number in range(COUNT))
    assert [point.name for point in made.points] == names
    assert (made.method, made.tap, made.of) == ("tsne", "vector", COUNT)
    assert len({(point.column, point.row) for point in made.points}) == COUNT
    assert {word for cluster in made.clusters for word in cluster.words} <= {
        animal(number) for number in range(3)
    }
    named = [point for point in made.points if point.cluster is not None]
    right = [animal(number_in(p.name)) in made.clusters[p.cluster or 0].words for p in named]
    assert sum(right) > 0.9 * COUNT
    agreements = {one.of: one for one in made.distortion.agreements}
    assert set(agreements) == {"folder", "tags"}
    assert agreements["tags"].map.mean > 0.9 > agreements["tags"].blind


def test_a_second_call_does_nothing(mapped: Gallery) -> None:
    plan = mapped.plan("illustrations-map", "--pictures", str(mapped.pictures))
    assert plan == set()


def test_the_posters_show_every_picture(mapped: Gallery) -> None:
    folder = mapped.made_of_it / "map"
    with Image.open(folder / "map.png") as poster:
        assert max(poster.size) == 600
        pixels = np.asarray(poster.convert("RGB"), int)
    for color in COLORS.values():
        assert (np.abs(pixels - color).max(axis=2) < 20).sum() > 100
    drawing = ElementTree.parse(folder / "map.svg").getroot()  # noqa: S314  # our own file
    assert len(drawing.findall(".//{*}image")) == COUNT
    shown = {text.text for text in drawing.findall(".//{*}text")}
    assert shown <= {animal(number) for number in range(3)}


def test_an_unknown_layer_is_told_with_those_that_there_are(
    mapped: Gallery, tmp_path: Path
) -> None:
    made = mapped.made_of_it
    inputs = {
        "frames": [made / "frames.h5"],
        "features": [made / "features.h5"],
        "stills": [made / "source.stills.json"],
        "labels": [],
        "named": [],
    }
    outputs = Files({"map": [tmp_path / "map" / "map.json"], "page": [tmp_path / "map" / "a.html"]})
    with pytest.raises(PipelineError, match="grid, vector") as error:
        run(Files(inputs), outputs, Config(tap="other"))
    assert error.value.code == ExitCode.INVALID_SETTING
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_t_sne_is_refused_before_any_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(PipelineError, match=r"\[map\]") as error:
        check(Config(), {})
    assert error.value.code == ExitCode.NOT_INSTALLED
    check(Config(method="pca"), {})
