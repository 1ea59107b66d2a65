"""Values of a tap by parts of the picture."""

from pathlib import Path

import numpy as np

from pipeline.pictures.cells import cell_means
from pipeline.pictures.features_file import building_features

DRAWS = np.random.default_rng(0)


def written(path: Path, values: np.ndarray) -> Path:
    shapes = {"tap": values.shape[1:]}
    with building_features(path, len(values), shapes, {"backbone": "", "weights": ""}) as built:
        built.append({"tap": values.astype(np.float16)})
    return path


def test_a_grid_is_divided_into_nine_parts(tmp_path: Path) -> None:
    values = DRAWS.integers(0, 9, (3, 36, 2))

    cells = cell_means([written(tmp_path / "f.h5", values)], "tap").reshape(3, 3, 3, 2)

    grid = values.reshape(3, 6, 6, 2)
    np.testing.assert_allclose(cells[:, 0, 2], grid[:, :2, 4:].mean((1, 2)))
    np.testing.assert_allclose(cells[:, 1, 0], grid[:, 2:4, :2].mean((1, 2)))


def test_sides_need_not_divide_by_three(tmp_path: Path) -> None:
    cells = cell_means([written(tmp_path / "f.h5", np.ones((1, 196, 2)))], "tap")
    assert cells.tolist() == [[1.0] * 18]


def test_what_has_no_parts_is_a_mean_or_stays(tmp_path: Path) -> None:
    few, vector = DRAWS.integers(0, 9, (2, 4, 3)), DRAWS.integers(0, 9, (2, 3))

    found = cell_means([written(tmp_path / "few.h5", few)], "tap")
    np.testing.assert_allclose(found, few.mean(1))
    found = cell_means([written(tmp_path / "vector.h5", vector)], "tap")
    np.testing.assert_allclose(found, vector)


def test_rows_of_several_files_in_any_order(tmp_path: Path) -> None:
    files = [written(tmp_path / f"{n}.h5", np.full((2, 3), n)) for n in range(2)]
    assert cell_means(files, "tap", np.array([3, 0, 2]))[:, 0].tolist() == [1, 0, 1]
