"""The demos: the synthetic show, learned from, and then commented on, captioned, and so on."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

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
_RATED = AlbumSpec(stills=240, seed=2017, width=480, height=270, shots=True)
_RANKED = AlbumSpec(stills=120, seed=2018, width=480, height=270, shots=True)
_FIRST_ROUND = {"boxed": 60, "rated": 160}  # pictures
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


def _run_faces_demo(call: Call) -> ExitCode:
    """Draw two albums of a show, learn faces and a taste from one, and rank the other by it."""
    show = call.options.workdir / "show"
    make_and_tell(show, _RATED)
    _write_first_round(show)
    code = _run(call, (_RANKED,), "faces-demo.yaml", ["faces", "faces-review"])
    if code == ExitCode.OK:
        rated, ranked = (call.options.workdir / spec.stem for spec in (_RATED, _RANKED))
        print(f"Open {ranked}/ranking/index.html: the new pictures, the best first.")
        print(f"Open {rated}/faces-page/index.html: correct boxes and rate faces yourself.")
    return code


def _write_first_round(show: Path) -> None:
    """Write what a person would have saved from the page, unless somebody saved more there."""
    from pipeline.show.album_truth import AlbumTruth
    from pipeline.show.first_round import write_first_round
    from pipeline.show.truth import truth_path

    target = show / f"{_RATED.stem}.labels.jsonl"
    if not target.exists():
        truth = AlbumTruth.load(truth_path(show, _RATED.stem))
        write_first_round(target, truth, **_FIRST_ROUND)


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
FACES_DEMO = Command("faces-demo", _run_faces_demo, uses=_USES, extra="learn")
