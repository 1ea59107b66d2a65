"""List the pictures to correct first, and count what was corrected in each round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from pipeline.labels.record import Label


class Config(StageConfig, frozen=True):
    """How much is listed."""

    most: Annotated[int, Meta(ge=1)] = 200
    """Pictures."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``faces.review.jsonl``, ``faces.review.csv`` and ``faces.rounds.json``."""
    from pipeline.faces.detection.finding import named_pictures
    from pipeline.faces.detection.review import review_order, round_line, rounds
    from pipeline.faces.detection.review_files import write_review_table, write_rounds
    from pipeline.faces.detection.suggestions import beside, read_suggestions
    from pipeline.labels.labels_file import read_labels_file
    from pipeline.runtime.json_lines import write_lines
    from pipeline.runtime.logs import log

    people: dict[str, list[Label]] = {}
    for label in read_labels_file(inputs["faces"]):
        if label.by == "person":
            boxes = people.setdefault(label.picture, [])
            boxes += [label] * (label.box is not None)
    suggestions = read_suggestions(beside(inputs["faces"]))
    # Of equal pictures, the first is enough.
    first = {one.row: one.name for one in reversed(named_pictures(inputs["frames"]))}
    unseen = [
        suggestions[name]
        for name in reversed(first.values())
        if name in suggestions and name not in people
    ]
    listed = review_order(unseen)[: config.most]
    write_lines(outputs["review"], listed)
    write_review_table(outputs["table"], listed)
    history = rounds(suggestions, people)
    write_rounds(outputs["rounds"], history)
    for one in history:
        log.info("%s", round_line(one))
    expected = sum(one.corrections for one in listed)
    return (
        f"{len(listed):,} of {len(unseen):,} pictures that nobody has looked at, with about"
        f" {expected:.0f} corrections to make"
    )


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    pictures = amounts["pictures"]
    return Expected(seconds=pictures * 1e-4, startup=1, bytes=min(pictures, config.most) * 200)


STAGE = Stage(
    inputs={"faces": "{item}/faces.jsonl", "frames": "{item}/frames.h5"},
    outputs={
        "review": "{item}/faces.review.jsonl",
        "table": "{item}/faces.review.csv",
        "rounds": "{item}/faces.rounds.json",
    },
    config=Config,
    run=run,
    expect=expect,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
