"""Tags over time on the show, whose truth is known: who, where, time of day, action.

A tagger learns from stills of ten episodes of a season. It is measured on an episode of another
season, whose views and company nobody has seen; three seasons take turns.

f  frames of the unseen episode
k  tags that hold of some of them, but not of all
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from benchmarks._command_line import run_verb, write_unless_same
from pipeline.evaluation.average_precision import average_precisions
from pipeline.illustrations.tag_probabilities import read_tag_probabilities
from pipeline.illustrations.timeline.tag_runs import read_tag_runs
from pipeline.labels.record import Label
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Bools, Floats
from pipeline.show.episode import make_episode
from pipeline.show.script import ENDING, OPENING, Script, write_script
from pipeline.show.spec import RATE, EpisodeSpec
from pipeline.show.stage import drawings

_SEASONS = (2017, 2018, 2019)
_LEARNED = range(1, 11)
_UNSEEN = 11
_EACH = 8  # of so many drawings one is a still: one a second
_FPS = 8  # there are as many drawings a second
_NEAR = round(RATE / 2)  # frames within which a boundary is found: half a second

Tag = tuple[str, str]
"""Its group (``who``, ``where``, ``time``, ``action``) and its name."""


class Season(NamedTuple):
    """What one season's tagger says of an unseen episode."""

    tags: list[Tag]
    truth: Bools
    """(f, k)"""
    probabilities: Floats
    """(f, k); 0 of a tag that was not learned."""
    runs: Bools
    """(f, k) what holds by runs."""
    alone: Bools
    """(f, k) what holds where each picture is decided by itself."""


def measure(folder: Path, settings: str) -> dict[str, float]:
    """Print how well tags and their runs are found; return the figures that stand for all."""
    seasons = [
        _season(folder / "show" / str(seed), seed, _SEASONS[number - 1], settings)
        for number, seed in enumerate(_SEASONS)
    ]
    precision = [
        (group, value, prior)
        for season in seasons
        for (group, _), value, prior in zip(
            season.tags,
            average_precisions(season.probabilities, season.truth).tolist(),
            season.truth.mean(0).tolist(),
            strict=True,
        )
    ]
    groups = sorted({group for group, *_ in precision})
    figures = {
        "show_tags_ap": _mean(value for _, value, _ in precision),
        "show_tags_ap_prior": _mean(prior for *_, prior in precision),
        **{
            f"show_tags_ap_{group}": _mean(value for of, value, _ in precision if of == group)
            for group in groups
        },
        **_agreement("show_runs", [(season.runs, season.truth) for season in seasons]),
        **_agreement("show_alone", [(season.alone, season.truth) for season in seasons]),
    }
    for name, figure in figures.items():
        print(f"{name:26} {figure:.3f}")
    return figures


def _season(folder: Path, learned: int, unseen: int, settings: str) -> Season:
    labels = folder / "tags.jsonl"
    write_unless_same(labels, "".join(_draw_stills(folder / "stills", learned)))
    # Both verbs are given the same settings: others would teach the tagger anew.
    settings = f"frames.fps={_FPS} illustrations.train.units=folder {settings}"
    workdir, stills = folder / "workdir", folder / "stills"
    run_verb("illustrations-train", workdir, pictures=stills, labels=labels, settings=settings)
    spec = _spec(unseen, _UNSEEN)
    video = make_episode(folder, spec)
    run_verb("illustrations-timeline", workdir, video=video, settings=settings)
    return _read(workdir / video.stem, write_script(spec))


def _spec(season: int, episode: int) -> EpisodeSpec:
    return EpisodeSpec(seed=season, episode=episode, seconds=60, width=320, height=180)


def _draw_stills(folder: Path, season: int) -> Iterator[str]:
    """Draw the stills of a season, a folder a scene; yield a line for each tag."""
    for episode in _LEARNED:
        spec = _spec(season, episode)
        script = write_script(spec)
        for drawing in islice(drawings(spec, script), None, None, _EACH):
            frame = drawing.frames.start
            name = f"{episode:02}-{script.scene_at(frame).number:02}/{frame:04}.png"
            if not (folder / name).exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                drawing.picture.save(folder / name)
            for group, tag in sorted(_true_tags(script, frame)):
                label = Label(picture=name, kind="tag", value=tag, group=group)
                yield f"{msgspec.json.encode(label).decode()}\n"


def _true_tags(script: Script, frame: int) -> set[Tag]:
    place = script.scene_at(frame).place
    if place in (OPENING, ENDING):
        return {("where", place)}
    people = script.on_screen(frame)
    return {
        ("where", place.removeprefix("night ")),
        ("time", "night" if place.startswith("night ") else "day"),
        *(("who", role.name) for role in people),
        *(("action", role.action_at(frame)) for role in people),
    }


def _read(item: Path, script: Script) -> Season:
    """What lies in the folder of the unseen episode, frame by frame."""
    held = [_true_tags(script, frame) for frame in range(script.frame_count)]
    tags = [tag for tag in sorted(set.union(*held)) if not all(tag in some for some in held)]
    middles_ms = (np.arange(len(held)) + 0.5) / float(RATE) * 1000
    frames = Frames.load(item / "frames.h5")
    rows = frames.row[frames.times.frames_at(middles_ms.astype(np.int64))]
    model = read_tag_probabilities(item / "tags.h5")
    column = {tag: n for n, tag in enumerate(zip(model.groups, model.names, strict=True))}
    known = [(n, column[tag]) for n, tag in enumerate(tags) if tag in column]
    shape = (len(held), len(tags))
    probabilities, alone, runs = np.zeros(shape), np.zeros(shape, bool), np.zeros(shape, bool)
    holding = model.holding()
    for place, own in known:
        probabilities[:, place] = model.probabilities[rows, own]
        alone[:, place] = holding[rows, own]
    for run in read_tag_runs(item / "tags.runs.jsonl"):
        if (run.group, run.tag) in tags:
            during = (run.start_ms <= middles_ms) & (middles_ms < run.end_ms)
            runs[during, tags.index((run.group, run.tag))] = True
    truth = np.array([[tag in some for tag in tags] for some in held])
    return Season(tags, truth, probabilities, runs, alone)


def _agreement(name: str, pairs: list[tuple[Bools, Bools]]) -> dict[str, float]:
    """How much of what holds is right and found: of time, and of boundaries within 0.5 s."""
    both = sum(int((said & truth).sum()) for said, truth in pairs)
    said_of_all = sum(int(said.sum()) for said, _ in pairs)
    true_of_all = sum(int(truth.sum()) for _, truth in pairs)
    return {
        f"{name}_precision": round(both / said_of_all, 4),
        f"{name}_recall": round(both / true_of_all, 4),
        f"{name}_boundaries_right": _mean(
            near for said, truth in pairs for near in _near(said, truth)
        ),
        f"{name}_boundaries_found": _mean(
            near for said, truth in pairs for near in _near(truth, said)
        ),
    }


def _near(some: Bools, others: Bools) -> Iterator[bool]:
    """Whether each boundary of ``some`` (f, k) is near one of ``others`` of its tag and kind."""
    for step in (1, -1):
        one, other = (np.diff(of.astype(np.int8), axis=0) == step for of in (some, others))
        for frame, tag in np.argwhere(one).tolist():
            yield bool(other[max(0, frame - _NEAR) : frame + _NEAR + 1, tag].any())


def _mean(values: Iterator[float]) -> float:
    return round(float(np.mean(list(values))), 4)
