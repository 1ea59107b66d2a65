"""The rooms of the house: how many, how they lead into each other, and never in a circle."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

GRAPH = grimp.build_graph("pipeline", exclude_type_checking_imports=True)
PACKAGES = sorted(module for module in GRAPH.modules if GRAPH.find_children(module))


def arrows(package: str) -> dict[str, set[str]]:
    """What each direct part of a package imports of its other parts."""
    parts = GRAPH.find_children(package)

    def part_of(module: str) -> str | None:
        within = module.removeprefix(f"{package}.") if module.startswith(f"{package}.") else ""
        return f"{package}.{within.split('.')[0]}" if within else None

    found: dict[str, set[str]] = {part: set() for part in parts}
    for importer in GRAPH.modules:
        for imported in GRAPH.find_modules_directly_imported_by(importer):
            one, other = part_of(importer), part_of(imported)
            if one and other and one != other:
                found[one].add(other)
    return found


def test_rooms_and_arrows_stay_few() -> None:
    rooms = arrows("pipeline")
    print(len(rooms), "rooms,", sum(map(len, rooms.values())), "arrows")
    assert len(rooms) <= 23
    assert sum(map(len, rooms.values())) < 98


@pytest.mark.parametrize("package", PACKAGES)
def test_no_package_imports_in_a_circle(package: str) -> None:
    try:
        list(TopologicalSorter(arrows(package)).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(reversed(error.args[1])))
