"""Batch normalisation folded into the convolutions before it: fewer passes over memory."""

from __future__ import annotations

from torch import fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def fold_batch_norms(cut: fx.GraphModule) -> None:
    """Let each convolution whose output is only normalised do so itself, in evaluation mode.

    Of timm's layers that normalise and activate, the activation stays.
    """
    layers = dict(cut.named_modules())
    for node in cut.graph.nodes:
        norm = layers.get(node.target) if node.op == "call_module" else None
        if not isinstance(norm, nn.BatchNorm2d):
            continue
        before = node.all_input_nodes[0]
        convolution = layers.get(before.target) if before.op == "call_module" else None
        if isinstance(convolution, nn.Conv2d) and len(before.users) == 1:
            cut.set_submodule(str(before.target), fuse_conv_bn_eval(convolution, norm))
            cut.set_submodule(str(node.target), getattr(norm, "act", nn.Identity()))
    cut.recompile()
