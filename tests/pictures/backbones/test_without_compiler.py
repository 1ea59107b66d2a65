"""Networks load without torch's compiler, and whoever wants it gets it."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMPILER = "torch._dynamo"


def after(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, text=True
    )
    return done.stdout.strip()


def test_a_network_is_built_without_the_compiler() -> None:
    code = f"""
import sys
from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.registry import load_backbone
load_backbone(Choice("efficientnet_lite0", "random", ("pooled",), 64))
print("{COMPILER}" in sys.modules)
"""
    assert after(code) == "False"


@pytest.mark.parametrize("use", ["torch.compiler.list_backends()", "torch._dynamo.config"])
def test_the_compiler_can_be_used_afterwards(use: str) -> None:
    code = f"""
import torch
import pipeline.pictures.backbones.timm_networks
print(bool({use}))
"""
    assert after(code) == "True"


def test_an_import_that_wants_more_of_the_compiler_gets_the_real_one() -> None:
    code = f"""
import sys
from pipeline.pictures.backbones.without_compiler import without_compiler
with without_compiler():
    from {COMPILER} import disable, reset
print(hasattr(sys.modules["{COMPILER}"], "optimize"), callable(reset))
"""
    assert after(code) == "True True"
