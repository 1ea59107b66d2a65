"""The layers of a network by name, and the network cut off after the deepest that is wanted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from torch import fx, nn
from torch.nn import functional

from pipeline.pictures.backbones.torchvision_on_cpu import NodePathTracer
from pipeline.pictures.backbones.trial_run import SHAPE, note_shapes


class Opaque(NamedTuple):
    """What tracing must not look into, as what it does depends on the values of tensors."""

    modules: Iterable[type[nn.Module]] = ()
    functions: Iterable[Callable[..., Any]] = ()


class Layers:
    """The layers of a network.

    A layer's name is its module's (``layer4.1``), or that of a function within a module
    (``layer4.1.add``), as in torchvision's feature extraction.
    """

    def __init__(self, network: nn.Module, opaque: Opaque) -> None:
        tracer = NodePathTracer(
            leaf_modules=list(opaque.modules), autowrap_functions=tuple(opaque.functions)
        )
        self.network = network.eval()
        self._traced = fx.GraphModule(network, tracer.trace(network))
        self._paths: dict[fx.Node, str] = {
            node: path
            for node, path in tracer.node_to_qualname.items()
            if node.op not in ("placeholder", "output")
        }
        """In the order of the computation."""
        self._nodes: dict[str, fx.Node] = {}
        """A module stands for what is computed last in it."""
        for node, path in self._paths.items():
            self._nodes |= dict.fromkeys(_path_and_parents(path), node)

    @property
    def names(self) -> list[str]:
        """The names of all layers, in the order in which they begin."""
        return list(self._nodes)

    def common_names(self, size: int, prefix_tokens: int) -> dict[str, str]:
        """Layers by the names that every network has, for pictures of ``size`` pixels.

        ``stride16`` is the last of the outermost blocks whose outputs have a position for each
        16 × 16 pixels, likewise 8, 32 …; ``logits`` is the last layer that does anything;
        ``pooled`` is what enters it, or the same if it is not a fully connected one. The first
        ``prefix_tokens`` tokens of a transformer are no positions.
        """
        *_, last = self._paths
        while self._is(last, nn.Identity, nn.Dropout):
            last = last.all_input_nodes[0]
        names = {"logits": self._paths[last], "pooled": self._paths[last]}
        if self._is(last, nn.Linear) or last.target is functional.linear:
            names["pooled"] = self._paths[last.all_input_nodes[0]]
        note_shapes(self._traced, size)
        for path in sorted(self._nodes, key=lambda path: -path.count(".")):
            side = _side_of_grid(self._nodes[path], prefix_tokens)
            if side > 1:
                names[f"stride{1 << round(math.log2(size / side))}"] = path
        return names

    def cut(self, layers: Mapping[str, str]) -> fx.GraphModule:
        """The part of the network that ``layers`` need; it returns their values by the same keys.

        It takes over the network, so it can be called only once.
        """
        graph = self._traced.graph
        (end,) = (node for node in graph.nodes if node.op == "output")
        graph.erase_node(end)
        graph.output({key: self._nodes[path] for key, path in layers.items()})
        graph.eliminate_dead_code()
        cut = fx.GraphModule(self.network, graph)
        _keep_taps_from_being_overwritten(cut)
        return cut

    def _is(self, node: fx.Node, *kinds: type[nn.Module]) -> bool:
        """Whether ``node`` calls a module of one of these kinds."""
        return node.op == "call_module" and isinstance(
            self.network.get_submodule(str(node.target)), kinds
        )


def _path_and_parents(path: str) -> list[str]:
    """``layer4.1.relu`` → itself, ``layer4.1`` and ``layer4``."""
    parts = path.split(".")
    return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]


def _side_of_grid(node: fx.Node, prefix_tokens: int) -> int:
    """The positions along a side of the grid that ``node`` gives; 0 if it gives none."""
    match node.meta.get(SHAPE, ()):
        case (_, height, width, channels) if height == width != channels:  # channels last
            return int(height)
        case (_, _, height, width) if height == width:
            return int(height)
        case (_, tokens, _):
            side = math.isqrt(tokens - prefix_tokens)
            return side if side * side == tokens - prefix_tokens else 0
    return 0


def _keep_taps_from_being_overwritten(cut: fx.GraphModule) -> None:
    """Make the layers after a tap work out of place, so that they do not change its values."""
    (output,) = (node for node in cut.graph.nodes if node.op == "output")
    for tap in output.all_input_nodes:
        for user in tap.users:
            if user.op == "call_module":
                layer: Any = cut.get_submodule(str(user.target))
                if getattr(layer, "inplace", False):
                    layer.inplace = False
            elif user.kwargs.get("inplace"):
                user.update_kwarg("inplace", False)
    cut.recompile()
