"""The demos: the synthetic show, learned from, and then commented on, captioned or translated."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import replace

from pipeline.engine.application import Call, Command
from pipeline.runtime.errors import ExitCode
from pipeline.runtime.paths import CONFIGS
from pipeline.show.__main__ import make_and_tell
from pipeline.show.spec import AlbumSpec, EpisodeSpec

_LEARNED, _COMMENTED = EpisodeSpec(episode=1, seconds=240), EpisodeSpec(episode=2, seconds=90)
_CAPTIONED, _NEW = AlbumSpec(stills=800, seed=2017), AlbumSpec(stills=60, seed=2018)
_LIT = AlbumSpec(stills=300, seed=2017, width=160, height=90, lights=True)
_DARKENED = (
    AlbumSpec(stills=24, seed=2018),
    EpisodeSpec(episode=2, seconds=30, width=320, height=180),
)
_USES = ("workdir", "set", "profile", "wait")


def _run_demo(call: Call) -> ExitCode:
    """Draw two episodes of a show, learn from one, and comment on the other."""
    code = _run(call, (_LEARNED, _COMMENTED), "demo.yaml", ["render", "report"])
    if code == ExitCode.OK:
        made = call.options.workdir / _COMMENTED.stem
        print(f"Watch {made}/annotated.mp4 and open {made}/report/index.html.")
    return code


def _run_captions_demo(call: Call) -> ExitCode:
    """Draw two albums of a show, learn the jokes of one, and write jokes for the other."""
    code = _run(call, (_CAPTIONED, _NEW), "captions-demo.yaml", ["captions"])
    if code == ExitCode.OK:
        made = call.options.workdir / _NEW.stem
        print(f"Open {made}/captions/index.html and {made}/cards/sheet/sheet-001.png.")
    return code


def _run_translation_demo(call: Call) -> ExitCode:
    """Draw an album of a show in four lights, learn them, and show another and an episode so."""
    code = _run(call, (_LIT, *_DARKENED), "translation-demo.yaml", ["translation"])
    if code == ExitCode.OK:
        album, episode = (call.options.workdir / spec.stem for spec in _DARKENED)
        print(f"Open {album}/translation/index.html and watch {episode}/translated.mp4.")
    return code


def _run(
    call: Call, specs: Sequence[EpisodeSpec | AlbumSpec], settings: str, verbs: list[str]
) -> ExitCode:
    """Draw parts of the show and do ``verbs`` with ``settings`` that name them."""
    show = call.options.workdir / "show"
    for spec in specs:
        make_and_tell(show, spec)
    config = shutil.copy(CONFIGS / settings, show / settings)  # beside what it names
    # Nothing else that the environment names belongs to the show.
    options = argparse.Namespace(**vars(call.options) | {"config": config, "items": []})
    options.verbs = verbs
    options.comments = options.model = options.pictures = options.labels = None
    return call.application.run(replace(call, options=options))


DEMO = Command("demo", _run_demo, uses=_USES, extra="learn")
CAPTIONS_DEMO = Command("captions-demo", _run_captions_demo, uses=_USES, extra="learn")
TRANSLATION_DEMO = Command("translation-demo", _run_translation_demo, uses=_USES, extra="learn")
