"""A pretrained network that answers the questions of a scale.

n  pictures    s  their side    k  questions    c  channels of the last layer
"""

from __future__ import annotations

import msgspec
import torch
from torch import Tensor, fx, nn

from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.folding import fold_batch_norms
from pipeline.pictures.backbones.preprocessing import Normalization
from pipeline.pictures.backbones.registry import library_of
from pipeline.pictures.backbones.torch_network import cut_off, freeze_until
from pipeline.runtime.errors import ExitCode, PipelineError

_LAST, _FROZEN = "stride32", "stride8"


class NetworkCard(msgspec.Struct, frozen=True):
    """What it takes to build the network again, without its weights."""

    backbone: str
    size: int
    """Pixels of a picture's side."""
    questions: int
    normalization: Normalization
    view: str
    """``crop`` or ``picture``."""


class ScoreNetwork(nn.Module):
    """Layers of a backbone, the mean over positions, and a linear layer."""

    mean: Tensor
    std: Tensor

    def __init__(self, cut: fx.GraphModule, card: NetworkCard) -> None:
        super().__init__()
        self.cut, self.card = cut, card
        with torch.no_grad():
            width = cut(torch.zeros(1, 3, card.size, card.size))[_LAST].shape[1]
        self.head = nn.Linear(width, card.questions)
        mean, std = (
            255 * torch.tensor(three)[:, None, None]
            for three in (card.normalization.mean, card.normalization.std)
        )
        self.register_buffer("mean", mean, persistent=False)
        self.register_buffer("std", std, persistent=False)
        freeze_until(cut, _FROZEN)

    def forward(self, pictures: Tensor) -> Tensor:
        """(n, k) log-odds of ``pictures`` (n, 3, s, s), uint8."""
        normal = (pictures.float() - self.mean) / self.std
        found: Tensor = self.head(self.cut(normal)[_LAST].mean((2, 3)))
        return found

    def train(self, mode: bool = True) -> ScoreNetwork:
        """Of the backbone, what normalisation is left stays as it was learned."""
        super().train(mode)
        self.cut.eval()
        return self


def pretrained_network(choice: Choice, questions: int, view: str) -> ScoreNetwork:
    """A network whose backbone has learned, and whose head has not.

    Raises PipelineError: INVALID_SETTING for an ONNX file, and what building a network raises.
    """
    if choice.is_onnx:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"{choice.name} cannot be fine-tuned: ONNX files are run, and not trained",
            "Set `faces: taste: fine_tune: {epochs: 0}`, or take another `features: backbone:`",
        )
    choice = choice._replace(taps=(_LAST, _FROZEN))
    library = library_of(choice.name)
    library.require_known(choice.name)
    pretrained = library.build(choice)
    cut = cut_off(pretrained, choice)
    fold_batch_norms(cut)  # batches are too small to learn normalisation from
    normal = choice.normalization or pretrained.normalization
    torch.manual_seed(choice.seed)
    return ScoreNetwork(cut, NetworkCard(choice.name, choice.size, questions, normal, view))


def network_of(card: NetworkCard) -> ScoreNetwork:
    """The network that a card describes, with random weights."""
    choice = Choice(
        card.backbone, "random", (), card.size, seed=0, normalization=card.normalization
    )
    return pretrained_network(choice, card.questions, card.view)
