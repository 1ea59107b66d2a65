import numpy as np
import pytest

from pipeline.pictures.held_out import held_out
from pipeline.pictures.settings import HeldOutSettings, Unit

NAMES = [f"{folder}/{number}.png" for folder in ("cats", "dogs", "owls") for number in range(10)]
ROWS = np.arange(len(NAMES))


def out(by: Unit, share: float = 0.2, seed: int = 1, rows: np.ndarray = ROWS) -> np.ndarray:
    return held_out(NAMES, rows, HeldOutSettings(by=by, share=share), seed)


@pytest.mark.parametrize(("by", "share", "count"), [("picture", 0.2, 6), ("name", 0.2, 6)])
def test_a_share_of_the_units_is_held_out(by: Unit, share: float, count: int) -> None:
    assert out(by, share).sum() == count


def test_pictures_of_one_name_are_held_out_together() -> None:
    chosen = out("name").reshape(3, 10)
    assert (chosen == chosen[0]).all()
    assert chosen[0].sum() == 2


def test_folders_are_held_out_as_a_whole() -> None:
    chosen = out("folder").reshape(3, 10)
    assert (chosen == chosen[:, :1]).all()
    assert chosen[:, 0].sum() == 1


@pytest.mark.parametrize("by", ["picture", "name", "folder"])
def test_equal_pictures_stay_together(by: Unit) -> None:
    rows = ROWS.copy()
    rows[[3, 14, 29]] = 3
    for seed in range(20):
        assert len(set(out(by, 0.4, seed, rows)[[3, 14, 29]])) == 1


def test_seeds_decide() -> None:
    chosen = {tuple(out("picture", seed=seed)) for seed in (1, 1, 2, 3)}
    assert len(chosen) == 3


@pytest.mark.parametrize("count", [2, 3, 10])
@pytest.mark.parametrize("share", [0.001, 0.999])
def test_at_least_one_is_held_out_and_never_all(count: int, share: float) -> None:
    settings = HeldOutSettings(share=share)
    chosen = held_out(NAMES[:count], ROWS[:count], settings, 0)
    assert 0 < chosen.sum() < count
