"""The sheet of samples, which grows by a row an epoch."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pipeline.translation.samples import Samples, SampleSheet
from pipeline.translation.training_set import TrainingSet
from tests.translation import measured, toys


@pytest.fixture
def samples(tmp_path: Path) -> Samples:
    pictures = TrainingSet.load([toys.write(tmp_path)])
    return Samples(pictures, tmp_path / "samples", toys.ALONE.device)


def draw(samples: Samples, folder: Path, *epochs: int) -> np.ndarray:
    """The sheet after some epochs, each by networks of its own."""
    for epoch in epochs:
        with torch.inference_mode():
            samples.draw(toys.networks(3, seed=epoch)[0], epoch, folder / "sheet.png")
    return np.asarray(Image.open(folder / "sheet.png"))


def test_a_row_is_added_for_each_epoch_below_the_pictures(samples: Samples, tmp_path: Path) -> None:
    one, two = draw(samples, tmp_path, 1), draw(samples, tmp_path, 2)
    height = len(one) // 2
    assert len(two) == 3 * height
    assert np.array_equal(two[: 2 * height], one)
    assert not np.array_equal(two[2 * height :], two[height : 2 * height])


def test_the_first_row_shows_pictures_held_out_of_each_domain(
    samples: Samples, tmp_path: Path
) -> None:
    assert [name.split("/")[0] for name in samples.names] == toys.DOMAINS
    assert {name.split("/")[1] for name in samples.names} == {"4.png"}
    header = draw(samples, tmp_path, 1)
    for domain in range(3):
        left = domain * (3 * toys.SIZE + 4)
        for copy in range(3):
            there = header[: toys.SIZE, left + copy * toys.SIZE :][:, : toys.SIZE]
            assert np.array_equal(there, toys.picture(4, domain))


def test_rows_of_a_killed_run_are_drawn_anew(samples: Samples, tmp_path: Path) -> None:
    whole = draw(samples, tmp_path, 1, 2, 3)
    assert len(draw(samples, tmp_path, 2)) == len(whole) * 3 // 4
    assert np.array_equal(draw(samples, tmp_path, 3), whole)


def test_a_new_run_begins_a_new_sheet(samples: Samples, tmp_path: Path) -> None:
    first = draw(samples, tmp_path, 1)
    draw(samples, tmp_path, 2, 3)
    assert np.array_equal(draw(samples, tmp_path, 1), first)
    assert [path.name for path in (tmp_path / "samples").iterdir()] == ["0001.png"]


def test_a_sheet_is_cut_up_into_the_pictures_of_an_epoch(samples: Samples, tmp_path: Path) -> None:
    sheet = draw(samples, tmp_path, 1, 2)
    cut = SampleSheet.load(tmp_path / "sheet.png", measured.training(epochs=2))
    one, two = cut.cells(1), cut.cells(2)
    assert [len(row) for row in two] == [4, 4, 4]
    for domain, (source, *made) in enumerate(two):
        assert np.array_equal(source, toys.picture(4, domain))
        assert all(cell.shape == source.shape for cell in made)
        assert not np.array_equal(made[0], one[domain][1])
    left = 2 * (3 * toys.SIZE + 4) + toys.SIZE
    there = sheet[2 * (toys.SIZE + 4) :, left:][: toys.SIZE, : toys.SIZE]
    assert np.array_equal(two[2][2], there)
    assert cut.after(2).shape == (3 * (toys.SIZE + 4), 4 * (toys.SIZE + 4), 3)


@pytest.mark.parametrize(("limit", "shown"), [("EPOCHS", [1, 3, 6]), ("PIXELS", [1, 3, 6])])
def test_a_sheet_of_many_epochs_shows_some_and_always_the_last(
    samples: Samples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, shown: list[int]
) -> None:
    every = draw(samples, tmp_path, *range(1, 7))
    height = len(every) // 7
    most = 3 if limit == "EPOCHS" else 4 * height * every.shape[1]
    monkeypatch.setattr(f"pipeline.translation.samples._MOST_{limit}", most)
    sheet = draw(samples, tmp_path, *range(1, 7))
    rows = np.split(every, 7)
    assert np.array_equal(sheet, np.concatenate([rows[0], *(rows[epoch] for epoch in shown)]))
    cut = SampleSheet.load(tmp_path / "sheet.png", measured.training(epochs=6))
    assert cut.epochs == shown
    left = 2 * (3 * toys.SIZE + 4) + toys.SIZE
    assert np.array_equal(cut.cells(6)[2][2], rows[6][: toys.SIZE, left : left + toys.SIZE])
    assert len(list((tmp_path / "samples").iterdir())) == 6


def test_a_sheet_that_is_too_wide_for_two_epochs_shows_the_last(
    samples: Samples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.translation.samples._MOST_PIXELS", 1)
    height = len(draw(samples, tmp_path, 1, 2, 3)) // 2
    assert height == toys.SIZE + 4
    assert SampleSheet.load(tmp_path / "sheet.png", measured.training(epochs=3)).epochs == [3]
