"""Count what people rated, and tell at once if it is too little to learn a taste from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage


def run(inputs: Files, outputs: Files, config: StageConfig) -> str:
    """Write ``ratings.json``."""
    from collections import Counter

    from pipeline.faces.scores.enough import is_rating, require_enough
    from pipeline.labels.labels_file import read_labels_file
    from pipeline.runtime.atomic_files import write_json
    from pipeline.runtime.quantities import counted

    files = inputs.every("labels")
    given = [
        (path.parent.name, label)
        for path in files
        for label in filter(is_rating, read_labels_file(path))
    ]
    rated = {(item, label.picture, label.box) for item, label in given}
    require_enough(files, len(rated), {label.weight or 0.0 for _, label in given})
    raters = Counter(label.rater or "" for _, label in given)
    write_json(outputs["ratings"], {"rated": len(rated), "raters": raters})
    return f"{counted(len(given), 'score')} by {counted(len(raters), 'rater')}"


def expect(amounts: Amounts, config: StageConfig, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    return Expected(seconds=amounts["labels"] * 2e-6, bytes=200)


STAGE = Stage(
    inputs={"labels": "{train}/labels.jsonl"},
    outputs={"ratings": "models/faces/{model}/ratings.json"},
    run=run,
    expect=expect,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
