"""Does a captioner see? Trained and measured on the synthetic show, whose truth is known.

For each seed a season is made: the model learns from two episodes of four minutes, and the stage
``evaluate`` measures it on the third. ``--network``, ``--weights`` and ``--taps`` name another
backbone than the settings' default. ``--folder`` keeps the files, so that a second call redoes only
what has changed; ``--settings`` are further settings, in JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import mean

import yaml

from pipeline.danmaku.evaluation.evaluation_file import Evaluation
from pipeline.evaluation.intervals import Interval
from pipeline.runtime.paths import PROJECT
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from stages.pictures import features

SECONDS = 240
EPISODES = (1, 2, 3)
FPS = 4
RATE = 0.3  # as in the demo
KEYS = {
    "names_on_screen": "named on screen",
    "names_shuffled": "shuffled",
    "attention_over_share": "attention over share",
    "evidence_over_share": "saliency over share",
}
"""The figures that stand for all, by the names under which they are tracked."""


def main() -> None:
    """Print a table of all figures and, as the last line, their means as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=PROJECT / "workdir" / "seeing")
    parser.add_argument("--seeds", type=int, nargs="+", default=[2017, 2018, 2019])
    parser.add_argument("--network", default=features.Config().backbone)
    parser.add_argument("--weights", default=features.Config().weights)
    parser.add_argument("--taps", nargs="+", default=features.Config().taps)
    parser.add_argument("--settings", type=json.loads, default={})
    options = parser.parse_args()
    rows = [figures(_evaluated(seed, options)) for seed in options.seeds]
    for name in rows[0]:
        values = [row[name] for row in rows]
        print(f"{name:34}", *(f"{value:9.3f}" for value in values), f"{mean(values):9.3f}")
    means = {name: round(mean(row[name] for row in rows), 4) for name in rows[0]}
    keys = {key: means[name] for key, name in KEYS.items() if name in means}
    print(json.dumps({"benchmark": "seeing", "network": options.network, **means, **keys}))


def _evaluated(seed: int, options: argparse.Namespace) -> Evaluation:
    folder = options.folder / str(seed)
    *train, test = [
        str(
            make_episode(
                folder / "show", EpisodeSpec(episode=episode, seconds=SECONDS, seed=seed)
            ).absolute()
        )
        for episode in EPISODES
    ]
    settings = {
        "model": "seeing",
        "seed": seed,
        "videos": {"train": train, "annotate": [test]},
        "frames": {"fps": FPS},
        "features": {
            "backbone": options.network,
            "weights": options.weights,
            "taps": list(options.taps),
        },
        "train": {"schedule": {"batch": 64}},
        "generate": {"rate": RATE},
    }
    for section, values in options.settings.items():
        settings[section] = {**settings.get(section, {}), **values}  # type: ignore[dict-item]
    config = folder / "settings.yaml"
    config.write_text(yaml.safe_dump(settings))
    command = ["evaluate", "--video", test, "--config", str(config), "--workdir", str(folder)]
    environment = {k: v for k, v in os.environ.items() if k not in ("VIDEO", "COMMENTS")}
    subprocess.run(
        [sys.executable, "-m", "pipeline", *command], cwd=PROJECT, env=environment, check=True
    )
    return Evaluation.load(folder / Path(test).stem / "evaluation.json")


def figures(evaluation: Evaluation) -> dict[str, float]:
    """The figures of an evaluation, by name."""
    likelihood, ranks = evaluation.likelihood, evaluation.ranking.all.scorers
    if likelihood is None or evaluation.too_little:
        raise SystemExit(f"the episode is too short to measure: {evaluation.too_little}")
    table = {
        "nats a word": likelihood.nll.mean,
        "PMI": likelihood.pmi.mean,
        "PMI, low end": _end(likelihood.pmi.low),
        "PMI against shuffled, low end": _end(likelihood.pmi_shuffled.low),
        **{f"MRR {name}": standing.reciprocal_rank.mean for name, standing in ranks.items()},
        **{
            f"MRR ahead of {name}, low end": _end(ahead.low)
            for name, ahead in evaluation.mrr_gain.items()
        },
        "rate, Pearson": evaluation.rate.pearson.mean if evaluation.rate else 0.0,
    }
    if naming := evaluation.naming:
        table |= {
            "named on screen": naming.model.mean,
            **_ends("named on screen", naming.model),
            "chance": naming.chance,
            "popularity": naming.popularity,
            "shuffled": naming.shuffled,
        }
    if pointing := evaluation.pointing:
        table |= {
            "box's share": pointing.area,
            "attention on the named": pointing.attention.named.mean,
            "attention on anybody": pointing.attention.anybody,
            "attention over share": pointing.attention.gain.mean,
            **_ends("attention over share", pointing.attention.gain),
            "saliency on the named": pointing.saliency.named.mean,
            "saliency over share": pointing.saliency.gain.mean,
            **_ends("saliency over share", pointing.saliency.gain),
        }
    return table


def _ends(name: str, interval: Interval) -> dict[str, float]:
    """The ends of a figure's interval."""
    return {f"{name}, low end": _end(interval.low), f"{name}, high end": _end(interval.high)}


def _end(end: float | None) -> float:
    return float("nan") if end is None else end


if __name__ == "__main__":
    main()
