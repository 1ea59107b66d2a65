"""Put the probabilities of tags beside what a network sees, as a second input of captioners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage


class Config(StageConfig, frozen=True):
    """Which tags."""

    groups: Annotated[tuple[str, ...], Meta(min_length=1)] = ("character",)
    """Groups of tags whose probabilities are put beside."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``described.h5``."""
    from pipeline.illustrations.describing import describe
    from pipeline.illustrations.tag_probabilities import read_tag_probabilities
    from pipeline.runtime.quantities import counted

    model = read_tag_probabilities(inputs["tags"])
    names = describe(outputs["described"], inputs["features"], model, config.groups)
    return f"{counted(len(names), 'tag')} beside features: {', '.join(names[:5])}" + (
        " …" * (len(names) > 5)
    )


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes, for the default taps."""
    pictures = amounts["pictures"]
    return Expected(seconds=pictures * 1e-3, startup=1, bytes=pictures * 60_000)


STAGE = Stage(
    inputs={"features": "{item}/features.h5", "tags": "{item}/tags.h5"},
    outputs={"described": "{item}/described.h5"},
    config=Config,
    run=run,
    expect=expect,
    memory_mb=1000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
