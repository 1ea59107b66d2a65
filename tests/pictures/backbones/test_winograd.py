from copy import deepcopy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import fx, nn

from pipeline.pictures.backbones.winograd import WinogradConvolution, use_winograd


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(1, 3),
    height=st.integers(1, 15),
    width=st.integers(1, 15),
    channels=st.sampled_from([(1, 1), (3, 5), (8, 2)]),
    bias=st.booleans(),
    channels_last=st.booleans(),
)
def test_it_gives_what_the_plain_convolution_gives(
    n: int, height: int, width: int, channels: tuple[int, int], bias: bool, channels_last: bool
) -> None:
    torch.manual_seed(n + height)
    plain = nn.Conv2d(*channels, 3, padding=1, bias=bias)
    values = torch.randn(n, channels[0], height, width)
    if channels_last:
        values = values.contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        found, wanted = WinogradConvolution(plain)(values), plain(values)
    assert found.shape == wanted.shape
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("channels", "side"), [((256, 512), 28), ((512, 512), 14)])
def test_its_error_is_a_few_millionths(channels: tuple[int, int], side: int) -> None:
    torch.manual_seed(1)
    plain = nn.Conv2d(*channels, 3, padding=1)
    values = torch.rand(1, channels[0], side, side)
    with torch.inference_mode():
        found = WinogradConvolution(plain)(values)
        exact = deepcopy(plain).double()(values.double())
    assert float((found - exact).norm() / exact.norm()) < 4e-6


def test_it_replaces_the_wide_plain_ones_and_no_other() -> None:
    kinds = {
        nn.Conv2d(3, 128, 3, padding=1): False,
        nn.Conv2d(128, 128, 3, padding=1): True,
        nn.Conv2d(128, 130, 3): False,
        nn.Conv2d(130, 128, 1): False,
        nn.Conv2d(128, 128, 3, padding=1, groups=2): False,
        nn.Conv2d(128, 128, 3, padding=1, padding_mode="reflect"): False,
        nn.Conv2d(128, 127, 3, padding=1): False,
        nn.Conv2d(127, 256, 1): False,
        nn.Conv2d(256, 128, 3, padding=1): True,
        nn.Conv2d(128, 128, 3, padding=1, stride=2): False,
        nn.Conv2d(128, 128, 3, padding=1): False,  # 15 × 15 positions
    }
    cut = fx.symbolic_trace(nn.Sequential(*kinds))
    values = torch.rand(1, 3, 32, 32)
    with torch.inference_mode():
        before = cut(values)
        use_winograd(cut, 32)
        torch.testing.assert_close(cut(values), before, rtol=1e-4, atol=1e-4)
    replaced = [
        isinstance(cut.get_submodule(str(index)), WinogradConvolution)
        for index in range(len(kinds))
    ]
    assert replaced == list(kinds.values())


def test_a_pixel_changes_nothing_far_from_it() -> None:
    plain = nn.Conv2d(4, 4, 3, padding=1)
    values = torch.rand(1, 4, 12, 12)
    changed = values.clone()
    changed[..., 5, 5] += 1
    with torch.inference_mode():
        fast = WinogradConvolution(plain)
        moved = (fast(changed) - fast(values)).abs().amax((0, 1)) > 1e-5
    rows, columns = moved.nonzero().unbind(1)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (4, 6, 4, 6)
