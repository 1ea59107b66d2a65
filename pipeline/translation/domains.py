"""Which domain each picture of a collection is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.labels.folder_domains import domain_of, folder_domains
from pipeline.labels.record import Label, Split
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.quantities import counted
from pipeline.runtime.spelling import did_you_mean

_MOST_SHOWN = 12
"""Domains that a message counts."""
_SETTING = "translation: pictures: domains"


@dataclass(frozen=True)
class Domains:
    """The domains of some pictures."""

    names: list[str]
    """Of the domains, in order."""
    of: dict[str, list[str]]
    """Those of each picture that is to be learned from, by its name."""
    splits: dict[str, Split]
    """The part of a data set that its picture is said to be in."""

    @property
    def are_attributes(self) -> bool:
        """Whether a picture may be in several domains or in none."""
        return any(len(domains) != 1 for domains in self.of.values())

    @property
    def counts(self) -> dict[str, int]:
        """How many pictures are in each."""
        found = Counter(domain for domains in self.of.values() for domain in domains)
        return {name: found[name] for name in self.names}


def find_domains(
    names: Sequence[str],
    labels: Iterable[Label],
    wanted: Sequence[str] | None,
    folders: Collection[str],
) -> Domains:
    """The domains of pictures by their ``names``: as ``labels`` say, or else as folders do.

    ``wanted`` ones are taken in their order, or all. ``folders`` are the paths of all folders of
    the collection: those of domains should hold pictures.

    Raises PipelineError: NOTHING_USABLE where there are not several domains, each with pictures,
    and INVALID_SETTING where one that is wanted is not there; both with what was found.
    """
    here = set(names)
    said = [label for label in labels if label.kind == "domain" and label.picture in here]
    by_folder = not said
    said = said or list(folder_domains(names))
    found = _collected(said)
    if wanted is not None:
        _require_known(wanted, found.counts, least=1 if found.are_attributes else 2)
        chosen = set(wanted)
        # A picture without any of the attributes that are wanted shows how that looks; where each
        # has one domain, a picture of another one is of no use.
        of = {
            picture: [domain for domain in domains if domain in chosen]
            for picture, domains in found.of.items()
            if found.are_attributes or chosen.intersection(domains)
        }
        return Domains(list(wanted), of, found.splits)
    if by_folder:
        _require_folders(names, found.counts, folders)
    if len(found.names) < 2 and not found.are_attributes:
        raise _too_few(found.counts, len(names))
    return found


def _collected(labels: Sequence[Label]) -> Domains:
    of: dict[str, list[str]] = {}
    splits: dict[str, Split] = {}
    for label in labels:
        of.setdefault(label.picture, []).extend(filter(None, [label.value]))
        splits[label.picture] = label.split or splits.get(label.picture, "")
    return Domains(sorted({label.value for label in labels} - {""}), of, splits)


def _require_known(wanted: Sequence[str], counts: Mapping[str, int], least: int) -> None:
    for name in wanted:
        if name not in counts:
            raise PipelineError(
                ExitCode.INVALID_SETTING,
                f"`{_SETTING}` names “{name}”, and no picture is in it; there are"
                f" {_listed(counts)}",
                did_you_mean(name, counts, "Name some of these"),
            )
    if len(set(wanted)) < least:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"`{_SETTING}` names {counted(len(set(wanted)), 'domain')}, and a translator needs two",
            f"Name several of {_listed(counts)}",
        )


def _require_folders(
    names: Sequence[str], counts: Mapping[str, int], folders: Collection[str]
) -> None:
    """Refuse a folder that is one level too high, and folders of domains without pictures."""
    if len(counts) == 1:
        (above,) = counts
        below = Counter(label.value for label in folder_domains(_below(names, above)))
        if len(below) > 1:
            raise PipelineError(
                ExitCode.NOTHING_USABLE,
                f"all {len(names):,} pictures are in one domain, {_listed(counts)}; in it there are"
                f" folders {_listed(below)}",
                f"Name the folder “{above}” itself with PICTURES=, if these are the domains",
            )
    empty = sorted({domain_of(folder)[1] for folder in folders} - counts.keys() - {""})
    if empty and counts:
        raise PipelineError(
            ExitCode.NOTHING_USABLE,
            f"there is no picture that can be used in {', '.join(empty[:_MOST_SHOWN])}, beside"
            f" {_listed(counts)}",
            f"Put pictures there, remove the folder, or name the domains: `{_SETTING}:`",
        )


def _below(names: Iterable[str], folder: str) -> list[str]:
    """The paths of pictures within a folder, wherever it lies."""
    parts = [name.split("/") for name in names]
    return ["/".join(part[part.index(folder) + 1 :]) for part in parts if folder in part]


def _too_few(counts: Mapping[str, int], pictures: int) -> PipelineError:
    found = f"there is one domain, {_listed(counts)}" if counts else "none is in a domain"
    return PipelineError(
        ExitCode.NOTHING_USABLE,
        f"a translator needs pictures in two domains at least; of {counted(pictures, 'picture')}"
        f" {found}",
        "Give a folder with a folder for each domain, or a file that tells them with LABELS=",
    )


def _listed(counts: Mapping[str, int]) -> str:
    """``curry (1,000), rice (12) and 5 more``."""
    some = [f"{name} ({count:,})" for name, count in [*counts.items()][:_MOST_SHOWN]]
    more = len(counts) - len(some)
    return ", ".join(some) + (f" and {more:,} more" if more else "")
