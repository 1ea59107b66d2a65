"""What the engine asks of those who know what its items are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from pipeline.engine.command_line import Options, VerbParser
from pipeline.engine.settings import General, Settings
from pipeline.engine.stage import Amounts, Stage
from pipeline.runtime.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.engine.workspace import Workspace

Bindings: TypeAlias = dict[str, str | list[str]]
"""What placeholders in paths stand for: one word, or the names of several items."""


@dataclass(frozen=True)
class Selection:
    """The items that a run is about, and what it makes of several of them."""

    work_on: Mapping[str, Sequence[str]]
    """Names of items, by each wanted stage that is run for them."""
    noun: str = ""
    """What one of them is called, where that is not what items are called anyway."""
    bindings: dict[str, Bindings] = field(default_factory=dict)
    """By system."""
    having: dict[str, list[str]] = field(default_factory=dict)
    """By template of a user's file that not every item has, the names of those that have it."""
    places: dict[str, dict[str, str]] = field(default_factory=dict)
    """By stage and item, the folder inside the item's in which outputs lie, if not in its own."""
    kept: frozenset[str] = frozenset()
    """Shared folders that are used as they are, so that nothing in them is made anew."""
    finished: frozenset[str] = frozenset()
    """Shared folders with results of which a copy is kept before they are made anew."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Items that no wanted stage applies to, and why."""
    notes: Sequence[str] = ()
    """What the user should know of this."""
    refused: Mapping[str, PipelineError] = field(default_factory=dict)
    """Why some items could not be registered, by their paths."""


class Items(Protocol):
    """Whoever knows what the user's items are, and which of them a run is about."""

    noun: str
    """What one is called; more are called so with an s."""
    about: str
    """What may be named on the command line as one."""
    general: General
    """What settings say of them."""

    def add_options(self, parser: VerbParser) -> None:
        """Add the options that say more of the items that the command line names."""

    def settings(self, general: Any, options: Options) -> Any:
        """``general`` settings with what the command line says instead, among others its items.

        Raises PipelineError USAGE for options that do not go together.
        """

    def select(
        self,
        workspace: Workspace,
        settings: Settings,
        wanted: Sequence[Stage],
        broken: Collection[str],
    ) -> Selection:
        """Register the items that are named, and say what is to be made of which.

        Those known to be ``broken`` are left out of what several are needed for. Raises
        PipelineError, among others USAGE where no item is named.
        """

    def amounts(
        self, workspace: Workspace, recorded: Mapping[str, Amounts]
    ) -> Mapping[str, Amounts]:
        """How much there is of each item that ``recorded`` names, beside what stages recorded.

        Quick and never wrong by much; what nobody knows yet is left out.
        """

    def named(self, workspace: Workspace, settings: Settings, options: Options) -> list[str]:
        """The folders below the working folder of what is named, for ``clean``.

        Raises PipelineError: USAGE where nothing is named, NAME_TAKEN where a folder's name
        stands for something else.
        """

    def known(self, workspace: Workspace, options: Options) -> list[str]:
        """The folders that could have been named so, for whoever named none of them."""
