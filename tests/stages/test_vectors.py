"""The stages behind the search of pictures, from files to files."""

from pathlib import Path

import numpy as np

from pipeline.engine.stage import Files
from pipeline.illustrations.duplicates.duplicates_file import read_duplicates
from pipeline.illustrations.vectors.bit_codes import bit_codes, random_planes
from pipeline.illustrations.vectors.vectors_file import read_vectors
from stages.illustrations import duplicates, vectors
from tests.illustrations.search.made import stills, video

DRAWS = np.random.default_rng(6)
VALUES = DRAWS.uniform(0, 9, (5, 7))
NAMES = ["1.png", "2.png", "同じ.png", "4.png"]
ROWS = np.array([4, 0, 4, 2])  # rows 1 and 3 are of stills that are gone


def made(folder: Path, target: str) -> Path:
    inputs = {name: [folder / f"{name}.h5"] for name in ("frames", "features")}
    outputs = {"vectors": [folder / target]}
    vectors.run(Files(inputs), Files(outputs), vectors.Config())
    return folder / target


def test_numpy_reads_what_the_search_maps(tmp_path: Path) -> None:
    folder = stills(tmp_path / "album", NAMES, VALUES, ROWS).folder
    path = made(folder, "whitened.npz")
    with np.load(path) as content:
        held = dict(content)
    assert held["names"].tolist() == NAMES
    assert held["vectors"].dtype == np.float16
    assert (held["vectors"][0] == held["vectors"][2]).all()
    assert (held["vectors"][0] != held["vectors"][1]).any()
    assert held["taps"].tolist() == ["vector"]
    mapped = read_vectors(path)
    assert isinstance(mapped.vectors, np.memmap)
    assert mapped.vectors.tolist() == held["vectors"].tolist()
    assert mapped.bits.tolist() == held["bits"].tolist()
    assert mapped.frame.tolist() == [0, 1, 2, 3]
    again = mapped.whitening([VALUES[ROWS].astype(np.float16)])
    np.testing.assert_allclose(again, held["vectors"], atol=1e-3)
    assert bit_codes(again, random_planes(7, 2017)).tolist() == held["bits"].tolist()
    assert made(folder, "again.npz").read_bytes() == path.read_bytes()


def test_a_video_has_a_vector_for_each_distinct_picture(tmp_path: Path) -> None:
    film = video(tmp_path / "film", [3, 2], VALUES)
    assert film.names == ["0:00.0", "0:01.0", "0:02.0", "0:03.0", "0:04.0"]


def test_duplicates_are_told_by_the_stills_names(tmp_path: Path) -> None:
    folder = stills(tmp_path / "album", NAMES, VALUES, ROWS).folder
    inputs = {"frames": [folder / "frames.h5"], "stills": [folder / "source.stills.json"]}
    outputs = {"duplicates": [folder / "duplicates.jsonl"]}
    said = duplicates.run(Files(inputs), Files(outputs), duplicates.Config())
    assert said == "4 pictures nearly equal others, in 1 group"
    found = read_duplicates(folder / "duplicates.jsonl")
    assert [one.picture for one in found] == NAMES
    assert [one.like for one in found][:3] == ["", "1.png", "1.png"]
