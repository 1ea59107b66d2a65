"""Frames and features: how close to the limits of network, decoder and disk.

``forward``  From the video file to features.h5 by the two stages, compared with the network alone
             over pictures in memory, at its better batch and with all threads; with the same
             network as its library builds it; with onnxruntime over the same network; and with
             imageio and the library, a frame at a time, as in their documentation. Weights are
             loaded beforehand. Names that begin with ``vgg19_`` are VGG-19's, with random
             weights; the others are those of the default network.
``free``     The same with a network that costs nothing, compared with ffmpeg that decodes, scales
             and discards: with all settings at their defaults, and for every frame.
``rows``     Random rows as training reads them, compared with a numpy memory map of the same bytes.
``folding``  What ``dedupe: near`` saves, and how similar the features of the picture that a frame
             shares are to its own (cosine, first percentile over frames).
``film``     Peak memory of both stages on a film of two hours.
``kills``    kill -9 at twenty random moments: how many results equal those of an undisturbed run.

Names of parts run only these. ``--network`` and ``--taps`` give another network with ImageNet's
weights, or an ONNX file, to ``folding``; ``--clip`` another animation.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import _features_checks, _features_forward, _features_speed
from benchmarks._measure import report

PARTS = {
    "forward": _features_forward.forward,
    "free": _features_speed.free,
    "rows": _features_speed.rows,
    "folding": _features_checks.folding,
    "film": _features_checks.film,
    "kills": _features_checks.kills,
}


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="PART")
    parser.add_argument("--network", default="efficientnet_lite0")
    parser.add_argument("--taps", nargs="+", default=["stride16", "pooled"])
    parser.add_argument("--clip", type=Path)
    options = parser.parse_args()
    for part in options.parts:
        with tempfile.TemporaryDirectory() as folder:
            report(f"features {part}", PARTS[part](Path(folder), options))


if __name__ == "__main__":
    main()
