"""Whether clusters are quick, and find pictures of another kind.

``cluster_s``, ``cluster_peak_mb``  80,000 vectors of 4,096 values: reading them from disk, their
    principal components, k-means with k = 8, stability by five more runs, distances and outliers.
``planted_precision``, ``planted_recall``, ``nmi``, ``stability``  drawings of one emoji style among
    1,040 of another, 15 % of all. A cluster counts as dropped if most of it are planted ones, as
    who looks at the sheets would see; how many of what is dropped are planted, and the other way
    round. ``nmi`` is that of clusters and styles. Means over five choices of what is planted.
``planted_hard_…``  the same for two coloured styles, which differ in shading alone.
``reranked_…``  these two as folders of domains, with the planted ones in the wrong folder: which
    pictures a head takes for the other domain's that has not seen them.

The command line takes ``--folder`` for files that a second call uses again.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks._command_line import run_verb
from benchmarks._emoji import EMOJI, EMOJI_TAPS
from pipeline.pictures.clusters.making import COMPONENTS, Cleaning, ClusterSettings, Collected
from pipeline.pictures.clusters.vectors import principal_vectors
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.features_file import building_features
from pipeline.pictures.frames_file import Frames, read_names
from pipeline.runtime.arrays import Bools, Float32s, Int64s
from pipeline.runtime.paths import PROJECT

VECTORS, CHANNELS = 80_000, 4096
_KINDS = 12  # of made-up vectors
_BATCH = 2000
_TAP = "stride8"  # a layer at which styles differ more than what is drawn
_PLANTED = 0.15
_ROUNDS = 5
_EASY = ("noto", "fluent-emoji-high-contrast")  # coloured; black and white
_HARD = ("twemoji", "fluent-emoji")  # flat; shaded
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


def figures(folder: Path) -> dict[str, float]:
    """Measure all that the docstring above lists; ``folder`` keeps what was made for it."""
    seconds, peak = _speed(folder / "vectors" / "features.h5")
    run_verb("features", folder / "workdir", pictures=EMOJI, settings=f"features.taps={EMOJI_TAPS}")
    item = folder / "workdir" / EMOJI.name
    easy, hard = _planted(item, *_EASY), _planted(item, *_HARD)
    return {
        "cluster_s": round(seconds, 2),
        "cluster_peak_mb": round(peak),
        "planted_precision": easy["precision"],
        "planted_recall": easy["recall"],
        "nmi": easy["nmi"],
        "stability": easy["stability"],
        **{f"planted_hard_{name}": value for name, value in hard.items()},
        **{f"reranked_{name}": value for name, value in _reranked(item, *_HARD).items()},
    }


def _speed(features: Path) -> tuple[float, float]:
    """Seconds and the most memory in MB of a process that clusters made-up vectors."""
    if not features.exists():
        _write_vectors(features)
    with features.open("rb") as file:  # it shall be read from disk
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    command = [sys.executable, "-m", "benchmarks._clusters", "--clustered", str(features)]
    done = subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.PIPE)
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def _write_vectors(target: Path) -> None:
    """Kinds of vectors with noise, as long as fc6 of VGG-16."""
    chance = np.random.default_rng(0)
    kinds = chance.normal(scale=0.5, size=(_KINDS, CHANNELS)).astype(np.float32)
    attributes = {"backbone": "made up", "weights": "made up"}
    with building_features(target, VECTORS, {"fc6": (CHANNELS,)}, attributes) as built:
        for _ in range(built.next, VECTORS, _BATCH):
            some = kinds[chance.integers(_KINDS, size=_BATCH)]
            some = some + chance.normal(size=some.shape).astype(np.float32)
            built.append({"fc6": some.astype(np.float16)})


def _cluster(features: Path) -> None:
    """Cluster vectors, and print the seconds that it took and the process's peak of memory."""
    started = time.perf_counter()
    rows = np.arange(VECTORS)
    points = principal_vectors(FeatureBank([features], "fc6"), rows, COMPONENTS, 0)
    cleaning = _cleaning(points, [f"{row}.jpg" for row in rows], [""] * VECTORS, rows, 0)
    cleaning.record("fc6", 0)
    peak = _PEAK.search(Path("/proc/self/status").read_text())
    assert peak is not None
    print(json.dumps([time.perf_counter() - started, int(peak[1]) / 1024]))


def _cleaning(
    points: Float32s, names: list[str], domains: list[str], rows: Int64s, seed: int
) -> Cleaning:
    settings = ClusterSettings(method="kmeans", k=8, keep=(), drop=(), confidence=0.0, seed=seed)
    like = [""] * len(names)
    return Cleaning(points, Collected(names=names, rows=rows, domains=domains, like=like), settings)


def _planted(item: Path, style: str, other: str) -> dict[str, float]:
    """How well drawings of the ``other`` style are found among those of ``style``."""
    rounds: list[dict[str, float]] = []
    for seed in range(_ROUNDS):
        names, planted = _mixed(item, style, other, seed)
        domains = [other if is_planted else style for is_planted in planted]
        cleaning = _of_emoji(item, names, domains, seed)
        record = cleaning.record(_TAP, 0)
        numbers = cleaning.found.numbers
        dropped = [n for n in cleaning.found.clusters if planted[numbers == n].mean() > 1 / 2]
        assert record.agreement is not None
        rounds.append(
            {
                **_precision_and_recall(np.isin(numbers, dropped), planted),
                "nmi": record.agreement.nmi,
                "stability": mean(record.stability),
            }
        )
    return _means(rounds)


def _reranked(item: Path, style: str, other: str) -> dict[str, float]:
    """How well drawings in the folder of the wrong style are told by a head."""
    rounds: list[dict[str, float]] = []
    for seed in range(_ROUNDS):
        names, planted = _mixed(item, style, other, seed)
        others = [name for name in read_names(item / "frames.h5") if name.startswith(f"{other}/")]
        others = [name for name in others if name not in {*names}]
        domains = [style] * len(names) + [other] * len(others)
        members = _of_emoji(item, names + others, domains, seed).members(())
        suspected = np.array([member.likeliest != member.domain for member in members])
        wrong = np.append(planted, np.zeros(len(others), bool))
        rounds.append(_precision_and_recall(suspected, wrong))
    return _means(rounds)


def _mixed(item: Path, style: str, other: str, seed: int) -> tuple[list[str], Bools]:
    """Pictures of ``style``, with some of the ``other`` one among them; and which these are."""
    names = read_names(item / "frames.h5")
    usual = [name for name in names if name.startswith(f"{style}/")]
    others = np.array([name for name in names if name.startswith(f"{other}/")])
    count = round(_PLANTED / (1 - _PLANTED) * len(usual))
    planted = np.random.default_rng(seed).permutation(others)[:count].tolist()
    return usual + planted, np.arange(len(usual) + count) >= len(usual)


def _of_emoji(item: Path, names: list[str], domains: list[str], seed: int) -> Cleaning:
    """Some pictures of the collection, clustered."""
    frames = item / "frames.h5"
    row_of = dict(zip(read_names(frames), Frames.load(frames).row, strict=True))
    rows = np.array([row_of[name] for name in names])
    bank = FeatureBank([item / "features.h5"], _TAP)
    points = principal_vectors(bank, rows, COMPONENTS, seed)
    return _cleaning(points, names, domains, rows, seed)


def _precision_and_recall(found: Bools, wanted: Bools) -> dict[str, float]:
    """Where nothing is found, the precision is 0."""
    right = int((found & wanted).sum())
    return {"precision": right / max(1, int(found.sum())), "recall": right / int(wanted.sum())}


def _means(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(mean(one[name] for one in rounds), 4) for name in rounds[0]}


def main() -> None:
    """Print all figures and, as the last line, the same as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--clustered", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.clustered:
        _cluster(options.clustered)
        return
    if not EMOJI.is_dir():
        raise SystemExit(f"the samples are not there: {EMOJI}")
    with tempfile.TemporaryDirectory() as temporary:
        found = figures((options.folder or Path(temporary)).absolute())
    for name, value in found.items():
        print(f"{name:24} {value:,.3f}")
    print(json.dumps({"benchmark": "clusters", **found}))


if __name__ == "__main__":
    main()
