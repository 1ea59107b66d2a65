"""torch's compiler kept out of the imports of libraries, as it takes over a second to import.

torchvision and timm import it to mark what must not be compiled. Nothing here compiles.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import torch

_COMPILER, _UTILS = "torch._dynamo", "torch._dynamo.utils"


@contextmanager
def without_compiler() -> Iterator[None]:
    """Let imports within the block find a compiler that leaves functions as they are.

    Whoever wants more of it, or wants it later, gets the real one.
    """
    if _COMPILER in sys.modules:
        yield
        return
    sys.modules[_COMPILER] = _StandIn(_COMPILER, disable=_unchanged)
    sys.modules[_UTILS] = _StandIn(_UTILS, is_compile_supported=_is_compile_supported)
    try:
        yield
    finally:
        _remove_stand_ins()


class _StandIn(ModuleType):
    """A module with a few names; asked for another it makes room for the real one."""

    def __init__(self, module: str, **names: Callable[..., Any]) -> None:
        super().__init__(module)
        vars(self).update(names)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # such as __file__: whoever looks through all modules
            raise AttributeError(name)
        _remove_stand_ins()
        return getattr(importlib.import_module(self.__name__), name)


def _remove_stand_ins() -> None:
    for name in (_COMPILER, _UTILS):
        if isinstance(sys.modules.get(name), _StandIn):
            del sys.modules[name]
    if isinstance(vars(torch).get("_dynamo"), _StandIn):  # set where torch itself asked for it
        del vars(torch)["_dynamo"]


def _unchanged(function: Callable[..., Any] | None = None, *_: Any, **__: Any) -> Any:
    """``torch._dynamo.disable``, as a decorator with or without options."""
    return function or _unchanged


def _is_compile_supported(device: str) -> bool:
    return bool(importlib.import_module(_UTILS).is_compile_supported(device))
