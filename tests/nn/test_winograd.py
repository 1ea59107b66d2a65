import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, fx, nn

from pipeline.nn.backbones.winograd import WinogradConvolution, use_winograd


def relative_error(found: Tensor, wanted: Tensor) -> float:
    return float((found - wanted).norm() / wanted.norm())


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
        exact = plain.double()(values.double())
        assert relative_error(WinogradConvolution(plain)(values), exact) < 4e-6


def test_it_replaces_the_wide_plain_ones_and_no_other() -> None:
    layers = nn.Sequential(
        nn.Conv2d(256, 256, 3, padding=1),
        nn.Conv2d(256, 256, 3),
        nn.Conv2d(256, 256, 3, padding=1, stride=2),
        nn.Conv2d(256, 256, 3, padding=1, groups=2),
        nn.Conv2d(256, 256, 1),
        nn.Conv2d(256, 64, 3, padding=1),
        nn.Conv2d(128, 128, 3, padding=1),
        nn.Conv2d(256, 256, 3, padding=1, padding_mode="reflect"),
    )
    with torch.device("meta"):
        cut = fx.symbolic_trace(layers)
    use_winograd(cut)
    kinds = [isinstance(cut.get_submodule(str(index)), WinogradConvolution) for index in range(8)]
    assert kinds == [True, *[False] * 5, True, False]
