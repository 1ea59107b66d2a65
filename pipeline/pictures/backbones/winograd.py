"""3×3 convolutions with a quarter of the multiplications, for processors without bfloat16.

Winograd's minimal filtering F(4×4, 3×3) (Lavin and Gray, Fast Algorithms for Convolutional
Neural Networks, 2015): an output tile of 4×4 comes from an input tile of 6×6 by 36
multiplications for each pair of channels instead of 144. The transforms pass over the
data several times, which pays off with many channels.

n  pictures    t  tiles of all pictures    c, k  channels in and out
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from pipeline.pictures.backbones.trial_run import SHAPE, note_shapes

_MIN_CHANNELS = 128
"""With fewer, the transforms cost as much as they save."""
_MIN_POSITIONS = 28 * 28
"""With fewer, little is saved, and the transformed weights take four times the memory."""
_MAX_VALUES = 1 << 21
"""Values transformed at once: 8 MB. For much more, memory would be requested from the system each
time, which takes as long as the products."""

_OUT, _IN = 4, 6  # side of a tile

# Matrices of section 4.3 of the paper: Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A.
_B_T = [
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
]
_G = [
    [1 / 4, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6],
    [0, 0, 1],
]
_A_T = [
    [1, 1, 1, 1, 1, 0],
    [0, 1, -1, 2, -2, 0],
    [0, 1, 1, 4, 4, 0],
    [0, 1, -1, 8, -8, 1],
]


def use_winograd(cut: fx.GraphModule, size: int) -> None:
    """Replace each convolution that gets faster by it, for pictures of ``size`` pixels."""
    note_shapes(cut, size)
    for node in cut.graph.nodes:
        if node.op == "call_module":
            layer = cut.get_submodule(str(node.target))
            if isinstance(layer, nn.Conv2d) and _gains(layer, node.meta[SHAPE]):
                cut.set_submodule(str(node.target), WinogradConvolution(layer))


def _gains(layer: nn.Conv2d, output: Sequence[int]) -> bool:
    plain = (layer.kernel_size, layer.stride, layer.padding, layer.dilation, layer.groups)
    return (
        plain == ((3, 3), (1, 1), (1, 1), (1, 1), 1)
        and layer.padding_mode == "zeros"
        and min(layer.in_channels, layer.out_channels) >= _MIN_CHANNELS
        and output[2] * output[3] >= _MIN_POSITIONS
    )


class WinogradConvolution(nn.Module):
    """What a 3×3 convolution of stride 1 and padding 1 gives, to 2e-6 of its size in float32."""

    weight: Tensor
    bias: Tensor | None
    into: Tensor
    out_of: Tensor

    def __init__(self, layer: nn.Conv2d) -> None:
        super().__init__()
        # Both sides at once: Bᵀ d B of a tile is one product with its 36 values.
        sides = (torch.tensor(matrix, dtype=torch.float32) for matrix in (_B_T, _G, _A_T))
        into, filters, out_of = (torch.kron(side, side) for side in sides)
        k, c = layer.weight.shape[:2]
        flat = layer.weight.detach().permute(2, 3, 1, 0).reshape(9, -1)  # (9, c · k)
        self.register_buffer("weight", (filters @ flat).view(_IN * _IN, c, k))
        self.register_buffer("bias", None if layer.bias is None else layer.bias.detach())
        self.register_buffer("into", into)  # (36, 36)
        self.register_buffer("out_of", out_of)  # (16, 36)

    def forward(self, values: Tensor) -> Tensor:
        """Map (n, c, h, w) to (n, k, h, w), both in the channels-last layout."""
        n, c, h, w = values.shape
        k = self.weight.shape[2]
        down, across = -(-h // _OUT), -(-w // _OUT)
        border = (0, 0, 1, _OUT * across + 1 - w, 1, _OUT * down + 1 - h)
        padded = functional.pad(values.permute(0, 2, 3, 1), border)
        whole = values.new_empty(n, down, _OUT, across, _OUT, k)
        at_once = max(1, _MAX_VALUES // (_IN * _IN * down * across * max(c, k)))
        for part, target in zip(
            torch.split(padded, at_once), torch.split(whole, at_once), strict=True
        ):
            tiles = part.unfold(1, _IN, _OUT).unfold(2, _IN, _OUT)  # (n, down, across, c, 6, 6)
            tiles = tiles.permute(4, 5, 0, 1, 2, 3).reshape(_IN * _IN, -1)  # (36, t · c)
            seen = (self.into @ tiles).view(_IN * _IN, -1, c)  # (36, t, c)
            mixed = torch.bmm(seen, self.weight)  # (36, t, k)
            given = self.out_of @ mixed.flatten(1)  # (16, t · k)
            given = given.view(_OUT, _OUT, -1, down, across, k)
            target.copy_(given.permute(2, 3, 0, 4, 1, 5))
        result = whole.view(n, _OUT * down, _OUT * across, k)[:, :h, :w]
        if self.bias is not None:
            result += self.bias
        return result.permute(0, 3, 1, 2)
