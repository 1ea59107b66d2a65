"""Are tags right, similar pictures alike, and maps true? Measured where the truth is known.

The emoji samples are 1,040 things in eight styles; the show's truth says what its pictures show.
The command line does all the work.
``--folder`` keeps the files, so that a second call redoes only what has changed; ``--settings`` are
further settings, as SET takes them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks import (
    _illustration_map,
    _illustration_search,
    _illustration_tags,
    _illustration_time,
)
from benchmarks._emoji import EMOJI, EMOJI_TAPS
from pipeline.runtime.paths import PROJECT


def main() -> None:
    """Print all figures and, as the last line, those that stand for all as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    folder = PROJECT / "workdir" / "illustrations-benchmark"
    parser.add_argument("--folder", type=Path, default=folder)
    parser.add_argument("--settings", default="")
    options = parser.parse_args()
    if not EMOJI.is_dir():
        raise SystemExit(f"the samples are not there: {EMOJI}")
    figures: dict[str, float] = {}
    settings = f"features.taps={EMOJI_TAPS} {options.settings}"
    for part in (
        _illustration_tags,
        _illustration_search,
        _illustration_map,
        _illustration_time,
    ):
        figures |= part.measure(options.folder.absolute(), settings)
    print(json.dumps({"benchmark": "illustrations", **figures}, ensure_ascii=False))


if __name__ == "__main__":
    main()
