from pathlib import Path

import numpy as np

from pipeline.danmaku.alignment.aligned_file import Aligned
from tests.aligned import aligned


def test_every_field_reads_back(tmp_path: Path) -> None:
    video = aligned(
        time_ms=[-50, 10, 10, 99_999],
        words=[["草"], ["猫", "かわいい", "!"], ["w"], ["𠮟", "😀"]],
        commands=[[], ["184", "ue"], ["red"], []],
        frame=[0, 3, 3, 9],
        picture=[0, 2, 2, 5],
        dev=[True, False, False, True],
        frames=10,
        duration_ms=400,
    )
    video.save(tmp_path / "aligned.h5")
    read = Aligned.load(tmp_path / "aligned.h5")
    for name, value in vars(video).items():
        if isinstance(value, np.ndarray):
            assert getattr(read, name).dtype == value.dtype
            assert getattr(read, name).tolist() == value.tolist()
        else:
            assert getattr(read, name) == value


def test_equal_comments_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.h5", "b.h5"):
        aligned(time_ms=[1, 2], commands=[["ue"], []]).save(tmp_path / name)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()
