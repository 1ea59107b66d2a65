"""Translations, measured where the truth is known: on the show and on emoji.

A translator learns four lights of the synthetic show from an album, and is measured on scenes that
it has not seen and on an episode of another season; another one learns six styles of the emoji
samples, where they are there, and is measured on things that it has not seen. The command line does
all the work. ``--length`` takes a share of the epochs, ``--folder`` keeps the files, so that a
second call redoes only what has changed, and ``--settings`` are further settings, as SET takes
them. ``--shares`` trains on such shares of the album as well, in equally many steps.

``judge_share``           how often a judge takes translations for their target, over how often it
                          tells real pictures
``l1_gain_low``, ``ssim_gain_low``  the lower ends of how much nearer to the truth translations are
                          than the nearest picture
``emoji_…``               the mean difference and the structural similarity to the truth, of
                          translations and of the nearest picture
``flicker``, ``flicker_steady``  how much still parts of the episode change, over the video's own
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from statistics import median

import msgspec

from benchmarks import _clusters, _translation_step
from benchmarks._command_line import run_verb
from benchmarks._emoji import COLOUR_STYLES, EMOJI
from pipeline.runtime.paths import PROJECT
from pipeline.show.album import make_album
from pipeline.show.episode import make_episode
from pipeline.show.spec import AlbumSpec, EpisodeSpec
from pipeline.translation.evaluation_file import Evaluation

_ALBUM = AlbumSpec(stills=600, width=160, height=90, lights=True)
_EPISODE = EpisodeSpec(seed=2018, seconds=30, width=320, height=180)
_EPOCHS = {"show": 40, "emoji": 40}
"""Of a whole run: together less than 90 minutes on two quiet cores."""
_TRAIN = (
    "networks.generator=unet",
    "networks.channels=16",
    "losses.cycle=0",
    "losses.paired=100",
    "schedule.learning_rate=0.001",
    "schedule.discriminator_steps=1",
    "schedule.average=0.99",
)


def main() -> None:
    """Print all figures and, as the last line, those that stand for all as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    folder = PROJECT / "workdir" / "translation-benchmark"
    parser.add_argument("--folder", type=Path, default=folder)
    parser.add_argument(
        "--length", type=float, default=1.0, help="share of all epochs (default: 1)"
    )
    parser.add_argument("--shares", type=float, nargs="*", default=[], help="such as 0.0625 0.25")
    parser.add_argument("--settings", default="")
    options = parser.parse_args()
    folder = options.folder.absolute()
    figures = _show(folder, options.length, options.settings, options.shares)
    if EMOJI.is_dir():
        figures |= _emoji(folder, options.length, options.settings)
        figures |= _clusters.figures(folder / "clusters")
    figures |= _step()
    print(json.dumps({"benchmark": "translation", **figures}))


def _show(folder: Path, length: float, settings: str, shares: list[float]) -> dict[str, float]:
    album = make_album(folder / "show", _ALBUM)
    found = _measured(folder / "workdir", album, "show", length, settings)
    for share in shares:
        one = _measured(folder / f"share-{share:g}", album, "show", length, settings, share)
        print(f"with {share:.2%} of the scenes: {one.summary}")
    gain = found.gains["nearest"]
    return {
        "judge_share": _rounded(found.judge_share),
        "l1_gain_low": _rounded(gain["l1"].low),
        "ssim_gain_low": _rounded(gain["ssim"].low),
        **_flicker(folder, f"{_settings('show', length, 1.0)} {settings}"),
    }


def _emoji(folder: Path, length: float, settings: str) -> dict[str, float]:
    styles = f"translation.pictures.domains=[{', '.join(COLOUR_STYLES)}]"
    found = _measured(folder / "emoji", EMOJI, "emoji", length, f"{styles} {settings}")
    shown = {"emoji": found.scores["model"].all, "emoji_nearest": found.scores["nearest"].all}
    return {
        f"{name}_{measure}": _rounded(mean.mean if mean else None)
        for name, measures in shown.items()
        for measure, mean in (("l1", measures.l1), ("ssim", measures.ssim))
    }


def _measured(
    workdir: Path, pictures: Path, what: str, length: float, settings: str, share: float = 1.0
) -> Evaluation:
    """Train a translator on a collection, and measure it on what was held out of that."""
    run_verb(
        "translation-evaluate",
        workdir,
        pictures=pictures,
        settings=f"{_settings(what, length, share)} {settings}",
    )
    evaluation = Evaluation.load(workdir / "models" / "translation" / "default" / "evaluation.json")
    print(f"{what}: {evaluation.summary}", *evaluation.lines, sep="\n")
    return evaluation


def _settings(what: str, length: float, share: float) -> str:
    """Of a training, as SET takes them."""
    epochs = max(1, round(_EPOCHS[what] * length / share))
    chosen = (*_TRAIN, f"schedule.epochs={epochs}", f"share={share}")
    return " ".join(f"translation.train.{one}" for one in chosen)


def _flicker(folder: Path, settings: str) -> dict[str, float]:
    """Of an episode that nobody has seen, with and without ``steady``."""
    video = make_episode(folder / "show", _EPISODE)
    figures = {}
    for name, steady in (("flicker", "false"), ("flicker_steady", "true")):
        run_verb(
            "translation-video",
            folder / "workdir",
            video=video,
            settings=f"translation.video.steady={steady} {settings}",
        )
        text = (folder / "workdir" / video.stem / "flicker.json").read_bytes()
        figures[name] = _rounded(msgspec.json.decode(text)["over_source"])
    return figures


def _step() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        rounds = _translation_step.figures(Path(folder))
    return {"step_over_plain": _rounded(median(rounds["step_over_plain"]))}


def _rounded(value: float | None) -> float:
    """Four decimals; nan where there is no figure."""
    return float("nan") if value is None else round(value, 4)


if __name__ == "__main__":
    main()
