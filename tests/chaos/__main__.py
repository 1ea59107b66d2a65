"""``python -m tests.chaos``: what must not show in the results.

Faults come down on runs of a season until it is done, and rounds of several drivers begin at once
in one working folder.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from tests.chaos.crowd import crowds, problems
from tests.chaos.disks import own_disk
from tests.chaos.season import Season
from tests.chaos.storm import Storm
from tests.engine.project import new_project

VERBS = ("render", "report")


def main() -> int:
    """Print what happened and what is wrong; 1 if anything is."""
    options = _parser().parse_args()
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        wrong = [
            *storm(Path(folder), options.episodes, options.faults, dice),
            *rush(Path(folder) / "rush", options.rounds, dice),
        ]
    print(f"seed {options.seed}: {'all is well' if not wrong else f'{len(wrong)} faults found'}")
    return 1 if wrong else 0


def storm(folder: Path, episodes: int, faults: int, dice: random.Random) -> list[str]:
    """Compare a season that many faults befall with one that none does."""
    plain = new_project(folder / "plain")
    undisturbed = Season(plain.copy_to(folder / "undisturbed"), episodes, VERBS)
    began = time.monotonic()
    undisturbed.make()
    print(f"{episodes} episodes, undisturbed: {time.monotonic() - began:.0f} s", flush=True)
    began = time.monotonic()
    with own_disk(folder / "disk") as disk:
        season = Season(plain.copy_to(disk.folder / "season"), episodes, VERBS)
        storm = Storm(season, disk, dice, faults, lull=6)
        for number, ran in enumerate(storm.rage()):
            print(f"run {number:3}: {ran}", flush=True)
        wrong = list(storm.problems(undisturbed.results()))
        print(
            f"{len(storm.runs)} runs on a {type(disk).__name__},"
            f" {storm.retries()} further tries of a stage within a run,"
            f" {time.monotonic() - began:.0f} s; faults:"
        )
    for fault, count in sorted(storm.faults().items()):
        print(f"{count:4} {fault}")
    for fault, count in storm.missed.items():
        print(f"     {fault} found nothing to befall {count} times")
    _tell(wrong)
    return wrong


def rush(folder: Path, rounds: int, dice: random.Random) -> list[str]:
    """Let in several drivers at once."""
    plain = new_project(folder / "plain")
    undisturbed = plain.copy_to(folder / "undisturbed")
    undisturbed.made("render")
    wrong: list[str] = []
    for number, crowd in enumerate(islice(crowds(dice), rounds)):
        began = time.monotonic()
        project = plain.copy_to(folder / str(number))
        wrong += [
            f"round {number}: {problem}"
            for problem in problems(project, crowd, undisturbed.results())
        ]
        print(f"round {number:2}: {crowd} ({time.monotonic() - began:.0f} s)", flush=True)
    _tell(wrong)
    return wrong


def _tell(wrong: list[str]) -> None:
    for problem in wrong:
        print(f"WRONG: {problem}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--faults", type=int, default=50, metavar="N")
    parser.add_argument("--episodes", type=int, default=12, metavar="N")
    parser.add_argument("--rounds", type=int, default=20, metavar="N", help="of several drivers")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    return parser


if __name__ == "__main__":
    sys.exit(main())
