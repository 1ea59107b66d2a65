"""Do lines fit their pictures? Models of captions, trained and measured where the truth is known.

For each seed two seasons of the synthetic show are drawn: a model learns from an album of one, and
is measured on an album of the other, scene by scene. Of the emoji samples, where they are there, a
fifth of the things are held out in all eight styles; what people call a thing is its caption. The
command line does all the work. ``--folder`` keeps the files, so that a second call redoes only what
has changed; ``--settings`` are further settings, as SET takes them. At last ``gather`` measures how
fast a folder of many pictures goes through.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks import gather
from benchmarks._command_line import run_verb, write_unless_same
from benchmarks._emoji import EMOJI, read_things
from pipeline.captions.captions_file import CaptionLine, read_captions
from pipeline.captions.evaluation.evaluation_file import Evaluation
from pipeline.captions.learned_file import Learned
from pipeline.captions.texts_file import read_texts
from pipeline.evaluation.intervals import Interval, mean_interval
from pipeline.runtime.paths import PROJECT
from pipeline.show.album import CAPTIONS, make_album
from pipeline.show.album_truth import AlbumTruth
from pipeline.show.spec import AlbumSpec
from pipeline.show.taste import known_jokes, subject
from pipeline.show.truth import truth_path

_LEARNED, _MEASURED = 2800, 1000  # stills: about 15,000 captions, as in the article, and 5,400
_NEXT_SEASON = 1000  # added to a seed
_OF_A_FOLDER = ("gather_over_forward", "add_one_s")
_LINES = 5  # for an emoji: about as many as there are texts about each


def main() -> None:
    """Print a table of all figures and, as the last line, those that stand for all as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=PROJECT / "workdir" / "captions-benchmark")
    parser.add_argument("--seeds", type=int, nargs="+", default=[2017, 2018, 2019])
    parser.add_argument("--settings", default="")
    parser.add_argument("--pictures", type=int, default=20_000, help="in the folder that is timed")
    options = parser.parse_args()
    folder = options.folder.absolute()
    seasons = [_season(folder / str(seed), seed, options.settings) for seed in options.seeds]
    for name in seasons[0]:
        values = [season[name] for season in seasons]
        print(f"{name:44}", *(f"{value:8.3f}" for value in values), f"{mean(values):8.3f}")
    things = _things(folder / "emoji", options.settings) if EMOJI.is_dir() else {}
    for name, value in things.items():
        print(f"emoji: {name:37} {value}")
    folder_of_many = gather.measured(options.pictures)
    for name, figure in folder_of_many.items():
        print(f"folder: {name:36} {figure:8.3f}")
    gathering = {name: round(folder_of_many[name], 4) for name in _OF_A_FOLDER}
    print(json.dumps({"benchmark": "captions", **_keys(seasons), **gathering}))


def _keys(seasons: list[dict[str, float]]) -> dict[str, float]:
    """The figures that stand for all."""

    def lowest(name: str) -> float:
        return round(min(season[name] for season in seasons), 4)

    def average(name: str) -> float:
        return round(mean(season[name] for season in seasons), 4)

    return {
        "pmi_low": lowest("PMI, low end"),
        "over_nearest_low": lowest("MRR ahead of nearest pictures, low end"),
        "over_frequent_low": lowest("MRR ahead of popularity, low end"),
        "named_over_chance": average("right about whom it is over chance"),
        "better_rated": average("better one told by rating"),
        "better_rated_text_only": average("better one told by text only"),
    }


def _season(folder: Path, seed: int, settings: str) -> dict[str, float]:
    """Learn from one season, and measure on another."""
    learned = _album(folder, AlbumSpec(stills=_LEARNED, seed=seed))
    measured = _album(folder, AlbumSpec(stills=_MEASURED, seed=seed + _NEXT_SEASON))
    by_scene = "captions.texts.held_out.by=folder captions.evaluate.clusters=folder"
    run_verb(
        "captions-evaluate",
        folder / "workdir",
        pictures=measured,
        settings=f"videos.train=[{{pictures: {learned}}}] captions.evaluate.max_queries={_MEASURED}"
        f" seed={seed} {by_scene} {settings}",
    )
    item = folder / "workdir" / measured.name
    truth = AlbumTruth.load(truth_path(folder, measured.name))
    return {
        **_evaluated(Evaluation.load(item / "captions.evaluation.json")),
        **_about(read_captions(item / "captions.jsonl"), truth),
    }


def _album(folder: Path, spec: AlbumSpec) -> Path:
    """An album with a folder for each scene, since its pictures are alike."""
    flat = make_album(folder / "flat", spec)
    truth = AlbumTruth.load(truth_path(flat.parent, flat.name))
    album = folder / flat.name
    place = {still.image: f"scene-{still.scene:04}/{still.image}" for still in truth.stills}
    for image, name in place.items():
        (album / name).parent.mkdir(parents=True, exist_ok=True)
        if not (album / name).exists():
            os.link(flat / image, album / name)
    with (flat / CAPTIONS).open(encoding="utf-8", newline="") as given:
        header, *rows = csv.reader(given)
    text = [header, *([place[image], *rest] for image, *rest in rows)]
    _write_table(album / CAPTIONS, text)
    truth.save(truth_path(folder, album.name))
    return album


def _write_table(path: Path, rows: list[list[str]]) -> None:
    lines = (",".join(f'"{cell}"' for cell in row) + "\n" for row in rows)
    write_unless_same(path, "".join(lines))


def _evaluated(evaluation: Evaluation) -> dict[str, float]:
    """The figures of an evaluation, by name."""
    likelihood, better = evaluation.likelihood, evaluation.better
    if likelihood is None or better is None or evaluation.too_little:
        raise SystemExit(f"the album is too small to measure: {evaluation.too_little}")
    ranks = evaluation.ranking.all.scorers
    return {
        "nats a word": likelihood.nll.mean,
        **_with_low("PMI", likelihood.pmi),
        **_with_low("PMI against shuffled", likelihood.pmi_shuffled),
        **{f"MRR {name}": standing.reciprocal_rank.mean for name, standing in ranks.items()},
        **{
            key: value
            for name, ahead in evaluation.mrr_gain.items()
            for key, value in _with_low(f"MRR ahead of {name}", ahead).items()
        },
        **{f"chrF {name}": lines.chrf.mean for name, lines in evaluation.lines.items()},
        **{
            key: value
            for name, share in better.scorers.items()
            for key, value in _with_low(f"better one told by {name}", share).items()
        },
    }


def _with_low(name: str, interval: Interval) -> dict[str, float]:
    low = float("nan") if interval.low is None else interval.low
    return {name: interval.mean, f"{name}, low end": low}


def _about(lines: list[CaptionLine], truth: AlbumTruth) -> dict[str, float]:
    """Whether lines are about somebody who is there and does what they say.

    Chance gives the same lines to other pictures. To name somebody is no feat by itself: two of
    six are on a picture.
    """
    order = np.random.default_rng(0).permutation(len(lines))
    pictures = [line.picture.rpartition("/")[2] for line in lines]
    others = [pictures[place] for place in order]
    right, chance = (_share_right(lines, some, truth) for some in (pictures, others))
    named, by_chance = (_share_named(lines, some, truth) for some in (pictures, others))
    return {
        "right about whom it is": right,
        "right about whom it is, by chance": chance,
        "right about whom it is over chance": right / chance,
        "named and there": named,
        "named and there, by chance": by_chance,
    }


def _share_right(lines: list[CaptionLine], pictures: list[str], truth: AlbumTruth) -> float:
    """Of lines that are jokes about somebody: whether somebody on the picture fits."""
    known = known_jokes()
    fits = [
        subject(joke, truth.still(picture)) is not None
        for line, picture in zip(lines, pictures, strict=True)
        if (joke := known.get(line.text)) and (joke.name or joke.action)
    ]
    return mean(fits)


def _share_named(lines: list[CaptionLine], pictures: list[str], truth: AlbumTruth) -> float:
    """Of all names in lines: whether their bearers are on the picture."""
    there = [
        name in truth.on_picture(picture)
        for line, picture in zip(lines, pictures, strict=True)
        for name in sorted(truth.names_said(line.text))
    ]
    return mean(there)


def _things(folder: Path, settings: str) -> dict[str, str]:
    """Whether lines for emoji of unseen things have words of what people call them."""
    table, things = folder / "things.csv", read_things()
    rows = [["image", "caption"]]
    for thing in things:
        texts = [thing.label, *thing.tags]
        rows += [[picture, text] for picture in thing.pictures() for text in texts]
    _write_table(table, rows)
    by_thing = (
        "captions.texts.held_out.by=name captions.texts.held_out.share=0.2"
        " captions.train.schedule.epochs=10 captions.evaluate.max_queries=1000"
    )
    run_verb(
        "captions-evaluate",
        folder / "workdir",
        pictures=EMOJI,
        labels=table,
        settings=f"{by_thing} captions.evaluate.clusters=name {settings}",
    )
    item = folder / "workdir" / EMOJI.name
    evaluation = Evaluation.load(item / "captions.evaluation.json")
    assert evaluation.likelihood is not None
    labels = {thing.name: thing.label for thing in things}
    named = _named_words(item, folder / "workdir" / "models" / "captions" / "default", labels)
    return {
        "PMI": _shown(evaluation.likelihood.pmi),
        **{f"MRR ahead of {name}": _shown(i) for name, i in evaluation.mrr_gain.items()},
        **{f"chrF {name}": _shown(lines.chrf) for name, lines in evaluation.lines.items()},
        **{f"words of the label, {name}": _shown(share) for name, share in named.items()},
    }


def _named_words(item: Path, model: Path, labels: dict[str, str]) -> dict[str, Interval]:
    """The share of the words of a thing's label that five lines have; unseen things only.

    Things are resampled. ``nearest`` takes five captions of the most similar training pictures,
    ``shuffled`` the model's lines of another picture, ``frequent`` the most frequent captions.
    """
    import h5py

    from pipeline.captioning.model_file import Model
    from pipeline.pictures.frames_file import Frames, read_keys

    texts = read_texts(item / "texts.jsonl")
    label_words: dict[str, set[str]] = defaultdict(set)
    counts: dict[tuple[str, ...], int] = defaultdict(int)
    for text in texts:
        thing = Path(text.picture).stem
        if text.held_out and text.text == labels[thing]:
            label_words[thing] = {w for w in text.words if any(map(str.isalnum, w))}
        elif not text.held_out:
            counts[text.sentence] += 1
    lines = [
        line
        for line in read_captions(item / "captions.jsonl")
        if label_words.get(Path(line.picture).stem)
    ]
    loaded, learned = Model.load(model / "model.safetensors"), Learned.load(model / "learned.h5")
    rows, keys = Frames.load(item / "frames.h5").row, read_keys(item / "frames.h5")
    chosen = rows[[line.frame for line in lines]]
    with h5py.File(item / "features.h5", "r") as file:
        means = file[loaded.card.tap][:][chosen]
    near, _ = learned.nearest(loaded.captioner, means, [keys[row] for row in chosen], _LINES)
    order = np.random.default_rng(0).permutation(len(lines))
    written = [{tuple(one.words): None for one in line.candidates} for line in lines]
    of_near = [
        {text.words: None for place in places for text in learned.texts[int(place)]}
        for places in near
    ]
    said = {
        "model": [_words(sentences) for sentences in written],
        "shuffled": [_words(written[place]) for place in order],
        "nearest": [_words(sentences) for sentences in of_near],
        "frequent": [_words(sorted(counts, key=lambda said: -counts[said]))] * len(lines),
    }
    things = [Path(line.picture).stem for line in lines]
    return {
        name: mean_interval(
            [
                len(label_words[thing].intersection(words)) / len(label_words[thing])
                for thing, words in zip(things, all_words, strict=True)
            ],
            np.array(things),
        )
        for name, all_words in said.items()
    }


def _words(sentences: Iterable[tuple[str, ...]]) -> set[str]:
    """The words of the first of these that differ."""
    return {word for sentence in islice(sentences, _LINES) for word in sentence}


def _shown(interval: Interval) -> str:
    ends = "too little" if interval.low is None else f"{interval.low:.3f} to {interval.high:.3f}"
    return f"{interval.mean:.3f} ({ends})"


if __name__ == "__main__":
    main()
