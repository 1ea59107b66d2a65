"""What ``make models`` lists."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.captioning.training_record import Epoch
from pipeline.sources.models import table


@pytest.mark.parametrize(
    ("held_out", "shown"),
    [({}, "3.250 (3.500, 4.000)"), ({"held_out": 29}, "too few held out (29)")],
)
def test_figures_of_few_texts_are_not_shown(
    tmp_path: Path, held_out: dict[str, int], shown: str
) -> None:
    record: dict[str, Any] = {
        "videos": ["album"],
        "epochs": [Epoch(3.5, 3.25, 0.25, 0.5, 7, 99)],
        "best_epoch": 1,
        "backbone": "vgg19",
        "weights": "imagenet",
        "dev_nll": 3.25,
        "dev_nll_shuffled": 3.5,
        "dev_nll_unigram": 4.0,
    }
    folder = tmp_path / "captions" / "mine"
    folder.mkdir(parents=True)
    (folder / "training.json").write_bytes(msgspec.json.encode(record | held_out))
    _, row, _ = table(tmp_path)
    assert row.endswith(shown)


@pytest.mark.parametrize(("units", "shown"), [(30, "0.500 (0.100)"), (29, "too few pictures (29)")])
def test_taggers_are_listed_by_their_precision(tmp_path: Path, units: int, shown: str) -> None:
    def precision(mean: float) -> dict[str, Any]:
        return {"over_tags": {"mean": mean, "low": None, "high": None}}

    record = {
        "videos": ["album"],
        "backbone": "vgg19",
        "weights": "imagenet",
        "units": units,
        "evaluation": {"precision": precision(0.5), "baselines": {"prior": precision(0.1)}},
    }
    folder = tmp_path / "illustrations" / "mine"
    folder.mkdir(parents=True)
    (folder / "training.json").write_bytes(msgspec.json.encode(record))
    _, row, _ = table(tmp_path)
    assert row.startswith("illustrations") and row.endswith(shown)


@pytest.mark.parametrize(
    ("faces", "shown"), [(30, "0.900 (0.800)"), (29, "too few faces held out (29)")]
)
def test_detectors_are_listed_by_their_precision(tmp_path: Path, faces: int, shown: str) -> None:
    record = {
        "videos": ["album"],
        "backbone": "efficientnet_lite0",
        "weights": "imagenet",
        "held_out_faces": faces,
        "epochs": [{"held_out": {"ap50": 0.9, "recall": 0.8}}],
    }
    folder = tmp_path / "faces" / "mine"
    folder.mkdir(parents=True)
    (folder / "training.json").write_bytes(msgspec.json.encode(record))
    _, row, _ = table(tmp_path)
    assert row.startswith("faces") and row.endswith(shown)
