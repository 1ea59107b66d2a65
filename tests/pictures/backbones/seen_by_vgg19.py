"""What the real VGG-19 sees; its memory is given back with the process.

`python -m tests.pictures.backbones.seen_by_vgg19 FOLDER` writes there what the backbone says of
itself, and what it and torchvision's own layers compute from pictures.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.registry import load_backbone
from pipeline.pictures.backbones.torchvision_on_cpu import models

SEED = 7  # of the weights
PICTURES = np.random.default_rng(3).integers(0, 256, (2, 224, 224, 3), np.uint8)


def by_the_backbone(folder: Path) -> None:
    taps = ("conv5_3", "relu7")
    vgg19 = load_backbone(Choice("vgg19", "random", taps, 224, SEED, "float32"))
    own = {"name": vgg19.name, "weights": vgg19.weights, "shapes": vgg19.shapes}
    (folder / "backbone.json").write_text(json.dumps(own))
    changed = PICTURES[:1].copy()
    changed[:, :32, 192:] = 255 - changed[:, :32, 192:]
    shown = {"both": PICTURES, "first": PICTURES[:1], "second": PICTURES[1:], "changed": changed}
    for name, pictures in shown.items():
        np.savez(folder / f"{name}.npz", **vgg19(pictures))  # type: ignore[arg-type]


def by_torchvision() -> dict[str, npt.NDArray[np.float32]]:
    """The taps by torchvision's own layers, counted from its model's definition."""
    torch.manual_seed(SEED)
    network = models.get_model("vgg19")
    network.eval()
    prepare = models.VGG19_Weights.IMAGENET1K_V1.transforms(crop_size=224, resize_size=224)
    values: Any = torch.stack([prepare(Image.fromarray(picture)) for picture in PICTURES])
    taps = {}
    rectified = 0
    with torch.inference_mode():
        for layer in network.features:
            values = layer(values)
            rectified += isinstance(layer, torch.nn.ReLU)
            # Blocks of 2, 2, 4, 4 and 4: the third of the fifth block.
            if isinstance(layer, torch.nn.ReLU) and rectified == 2 + 2 + 4 + 4 + 3:
                taps["conv5_3"] = values.clone().numpy()
        values = network.avgpool(values).flatten(1)
        for layer in network.classifier[:5]:
            values = layer(values)
        taps["relu7"] = values.numpy()
    return taps


if __name__ == "__main__":
    # One after the other has its network in memory; the backbone's, in circles, would stay.
    np.savez(Path(sys.argv[1]) / "torchvision.npz", **by_torchvision())  # type: ignore[arg-type]
    by_the_backbone(Path(sys.argv[1]))
