"""The verb ``translation-sizes``: how translations become better with more pictures."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from pipeline.engine.application import Call, Command
from pipeline.runtime.errors import ExitCode

if TYPE_CHECKING:
    from pipeline.translation.sizes import Size

_SHARES = (Fraction(1, 16), Fraction(1, 4), Fraction(1))
_TRAIN = "translation.train"


def _run(call: Call) -> ExitCode:
    """Learn from a sixteenth, a quarter and all of a collection, and draw what more pictures bring.

    Each of the three learns in equally many steps, and all are measured by the same pictures. The
    last is the model itself, and is not trained again if it is there.
    """
    from pipeline.translation.sizes import Size

    sizes: list[Size] = []
    for share in _SHARES:
        code = _measure(call, share)
        if code != ExitCode.OK:
            return code
        sizes.append(Size.load(share, call.workspace.folder / _folder(call, share)))
    _draw(call, sizes)
    return ExitCode.OK


def _model(call: Call, share: Fraction) -> str:
    """The name of the model that learns from so much."""
    whole: str = call.settings.general.model
    return whole if share == 1 else f"{whole}-1-{share.denominator}"


def _folder(call: Call, share: Fraction) -> str:
    return f"models/translation/{_model(call, share)}"


def _measure(call: Call, share: Fraction) -> ExitCode:
    """Bring a model and its evaluation up to date."""
    epochs = call.settings.stages["translation-train"].schedule.epochs  # type: ignore[attr-defined]
    chosen = f"{_TRAIN}.share={float(share)} {_TRAIN}.schedule.epochs={round(epochs / share)}"
    changes = {
        "verbs": ["translation-evaluate"],
        "model": _model(call, share),
        "set": f"{call.options.set or ''} {chosen}".strip(),
    }
    options = argparse.Namespace(**vars(call.options) | changes)
    return call.application.run(replace(call, options=options))


def _draw(call: Call, sizes: Sequence[Size]) -> None:
    """Write the figures and pictures of all beside the model, and say where they are."""
    from pipeline.runtime.atomic_files import published_folder
    from pipeline.translation.sizes import write_sizes

    target = f"{_folder(call, _SHARES[-1])}/sizes"
    with published_folder(call.workspace.folder / target) as made:
        write_sizes(made, sizes)
    for size in sizes:
        call.say(size.summary)
    call.say(f"{call.workspace.shown(f'{target}/sizes.png')}, with sizes.svg and sizes.json")


TRANSLATION_SIZES = Command(
    "translation-sizes",
    _run,
    takes_items=True,
    uses=("config", "workdir", "set", "profile", "wait"),
    extra="learn",
)
