"""Are faces found, scored, left free and told apart? Measured where the truth is known.

The command line does all the work. ``--folder`` keeps the files, so that a second call redoes only
what has changed; ``--settings`` are further settings, as SET takes them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks import _faces_cast, _faces_detection, _faces_layout, _faces_score
from benchmarks._emoji import EMOJI
from pipeline.runtime.paths import PROJECT


def main() -> None:
    """Print all figures and, as the last line, those that stand for all as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    folder = PROJECT / "workdir" / "faces-benchmark"
    parser.add_argument("--folder", type=Path, default=folder)
    parser.add_argument("--settings", default="")
    options = parser.parse_args()
    if not EMOJI.is_dir():
        raise SystemExit(f"the samples are not there: {EMOJI}")
    figures: dict[str, float] = {}
    for part in (_faces_detection, _faces_score, _faces_layout, _faces_cast):
        figures |= part.measure(options.folder.absolute(), options.settings)
    print(json.dumps({"benchmark": "faces", **figures}, ensure_ascii=False))


if __name__ == "__main__":
    main()
