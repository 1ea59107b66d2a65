"""What a stage is: the declaration that each file of ``stages/`` makes."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from pipeline.engine.settings import StageConfig

ITEM = "{item}"
"""What stands for an item's name in the path of a file."""


@dataclass(frozen=True)
class Files:
    """The paths handed to a stage, by the names its declaration gives them."""

    paths: Mapping[str, Sequence[Path]]

    def __getitem__(self, name: str) -> Path:
        (path,) = self.paths[name]
        return path

    def get(self, name: str) -> Path | None:
        """The path of an optional input, or None where the item has none."""
        return next(iter(self.paths[name]), None)

    def one_of(self, *names: str) -> Path:
        """The path of that of some optional inputs which the item has."""
        return next(path for name in names if (path := self.get(name)) is not None)

    def every(self, name: str) -> Sequence[Path]:
        """All paths of an input that has one for each of several items."""
        return self.paths[name]

    def all(self) -> Sequence[Path]:
        """Every path, whatever it is called."""
        return [path for paths in self.paths.values() for path in paths]

    @property
    def folder(self) -> Path:
        """The folder of the first file."""
        return next(iter(self.paths.values()))[0].parent

    def size_in(self, folder: Path) -> int:
        """Bytes of all files, and of what lies beside those that have folders below ``folder``."""
        own = {path.parent for path in self.all()} - {folder}
        files = [path for path in self.all() if path.parent == folder]
        files += [path for below in own for path in below.rglob("*") if path.is_file()]
        return sum(path.stat().st_size for path in files)


Amounts: TypeAlias = Mapping[str, float]
"""How much there is of something, by names that stages and the items' side agree on."""


@dataclass(frozen=True)
class Expected:
    """What a stage will take and make, as its author measured it on some machine.

    The engine corrects each figure by what it measures on the machine at hand.
    """

    seconds: float
    """For the work itself, which grows with the amounts."""
    startup: float = 0.3
    """Seconds before the work begins, mostly for loading libraries."""
    bytes: float = 0
    """Size of all outputs."""
    amounts: Amounts = field(default_factory=dict)
    """What the outputs will hold, for ``expect`` of the stages that read them."""
    kind: str = ""
    """What else the figures depend on, such as an algorithm; each kind is corrected by itself."""


@dataclass(frozen=True)
class Stage:
    """One step from files to files.

    Paths are templates below the working folder. ``{item}`` stands for the name of one item, the
    name of one of the stage's own settings for its value, and any other placeholder for what the
    items' side binds it to in the stage's system: one word, or a list that gives one path each.
    An output without ``{item}`` is shared: it is made once of several items.
    """

    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    run: Callable[[Files, Files, Any], str]
    """Does the work and returns one line that sums it up."""
    config: type[StageConfig] = field(default=StageConfig)
    optional: Mapping[str, str] = field(default_factory=dict)
    """More inputs, given for items that have the files from which they are made."""
    without: Callable[[Mapping[str, Any]], Collection[str]] | None = None
    """Names of inputs that are not needed, given the stage's own settings by name."""
    editable: Sequence[str] = ()
    """Names of outputs that people may edit by hand; an edited one is no longer replaced."""
    check: Callable[[Any, Mapping[str, Any]], None] | None = None
    """Raises PipelineError for settings with which no input could pass. It is called before any
    work, with the stage's own settings and those of all stages by name."""
    extra: str = ""
    """The extra of the package whose libraries it needs, beside those that all stages have."""
    expect: Callable[[Amounts, Any, Mapping[str, Any]], Expected] | None = None
    """Estimates a run, given what its inputs hold (0 for what nobody knows), the stage's own
    settings and those of all stages by name. Amounts of several items are summed; ``member`` is 1
    for an item of which something shared is made."""
    measure: Callable[[Files], Amounts] | None = None
    """Counts in the outputs what ``expect`` could only estimate."""
    opens: str = ""
    """The output that people open. What a stage makes that names one is wanted of every item, and
    not only where somebody asks for it."""
    gpu: bool = False
    """Whether it should have a GPU, if there is one, to itself."""
    whole_machine: bool = False
    """Whether it keeps every core busy, so that nothing should run beside it."""
    memory_mb: int = 1000
    """The most it needs for an hour of pictures, with room. Stages run side by side as far as
    memory goes, and a cluster is asked for so much."""
    processes: str = ""
    """The setting, dotted, that says how many processes it consists of; one if it is empty."""
    module: str = ""
    """``stages.SYSTEM.FILE``, where it is declared; known once it has been found there."""
    makers: Mapping[str, Stage] = field(default_factory=dict, repr=False, compare=False)
    """Every stage of a run by the paths of its outputs; known once there are settings."""

    @property
    def system(self) -> str:
        """The folder of ``stages/`` that it lies in."""
        return self.module.split(".")[1]

    @property
    def name(self) -> str:
        """Its verb: its file's name, behind that of its system unless ``stages.SHORT`` has that."""
        _, system, name = self.module.split(".")
        return name if system in importlib.import_module("stages").SHORT else f"{system}-{name}"

    @property
    def product(self) -> bool:
        """Whether people open what it makes."""
        return bool(self.opens)

    @property
    def shared(self) -> bool:
        """Whether its outputs are made once of several items, and belong to none of them."""
        return not any(ITEM in path for path in self.outputs.values())


def is_plural(template: str) -> bool:
    """Whether a template stands for one path for each of several items."""
    return re.match(r"\{(?!item\})\w+\}/", template) is not None
