"""What is written down of a training, and what is told of it."""

from pathlib import Path
from typing import Any

from pipeline.learning.epoch import Epoch
from pipeline.sources.models import table
from pipeline.translation.training_record import TrainingRecord


def record(**changes: Any) -> TrainingRecord:
    fields: dict[str, Any] = {
        "videos": ["food"],
        "fingerprints": ["00ff"],
        "domains": ["curry", "rice"],
        "exclusive": True,
        "size": 64,
        "pictures": {"curry": 900, "rice": 800},
        "held_out": {"curry": 50, "rice": 50},
        "kept_back": 100,
        "parameters": {"discriminator": 1, "generator": 2},
        "samples": ["curry/1.jpg"],
        "device": "cpu",
        "processes": 1,
        "epochs": [
            Epoch(
                {"generator/cycle": 0.5}, {"cycle": 0.5, "target": 0.75, "own": 0.9}, 3.5, 7, 1700
            )
        ],
    }
    return TrainingRecord(**fields | changes)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    record().save(tmp_path / "training.json")
    assert TrainingRecord.load(tmp_path / "training.json") == record()


def test_its_summary_says_that_the_last_epoch_is_kept() -> None:
    summary = record().summary
    assert "the last is kept" in summary and "75%" in summary and "90%" in summary
    assert "too few pictures" in record(kept_back=2).summary


def test_models_lists_a_translator_with_figures_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "translation" / "mine"
    folder.mkdir(parents=True)
    record().save(folder / "training.json")
    _, row, _ = table(tmp_path)
    assert row.split()[:6] == ["translation", "mine", "food", "1", "64", "pixels"]
    assert row.endswith("0.750 (0.900)")
