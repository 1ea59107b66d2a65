"""The verb ``illustrations-search``: pictures like others, with tags, or between two."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline.engine.application import Call, Command
from pipeline.engine.command_line import VerbParser
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.entries import entries
from pipeline.sources.pointers import STILLS_POINTER, StillsSource
from pipeline.sources.registration import SEARCH, video_name

if TYPE_CHECKING:
    from pipeline.illustrations.search.answering import QueryPicture
    from pipeline.illustrations.search.hits import Hit
    from pipeline.illustrations.search.query import Query

_MADE_FIRST = ["illustrations-vectors", "illustrations-duplicates"]
_TOLD = 10  # hits that are listed on the screen


def _add_options(parser: VerbParser) -> None:
    parser.variable(
        "query",
        shown=True,
        metavar="TEXT",
        help="what is looked for: picture.png, film.mp4@1:23, 'a.png + b.png - c.png',"
        " 'tag:cat -tag:night', or 'a.png > b.png' for pictures between two; those of a collection"
        " go by their names, too",
    )
    parser.variable(
        "limit",
        shown=True,
        metavar="N",
        help="at most so many hits (default: 50, or 9 between two pictures)",
    )


def _run(call: Call) -> ExitCode:
    """Find pictures like others, with tags, or between two, and show them on a page.

    What is searched are the pictures or videos that are named, or else all that have vectors in
    the working folder. Nearly equal pictures are one hit, and so is each scene of a video.
    """
    from pipeline.illustrations.search.answering import answer
    from pipeline.illustrations.search.collection import Collection, require_one_network
    from pipeline.illustrations.search.query import parse_query
    from pipeline.sources.query_pictures import query_picture

    query = parse_query(call.options.query or "")
    limit = _limit(call.options.limit)
    named = [video_name(Path(entry.video)) for entry in entries(call.settings.general.given)]
    if named and (code := _make_first(call)) != ExitCode.OK:
        return code
    folder = call.workspace.folder
    names = named or _with_vectors(folder, call.workspace.item_names())
    collections = [Collection.load(folder / name) for name in names]
    require_one_network(collections)
    fit = msgspec.to_builtins(call.settings.stages["frames"])["fit"]
    pictures = [query_picture(term, collections, fit) for term in (*query.terms, *query.end)]
    hits = answer(query, pictures, collections, limit)
    if not hits:
        call.say("nothing was found: no picture has these tags")
        return ExitCode.OK
    with call.workspace.alone(SEARCH):
        _write(call, query, pictures, hits)
    return ExitCode.OK


def _limit(text: str | None) -> int | None:
    if text and not (text.isascii() and text.isdecimal() and int(text)):
        raise PipelineError(
            ExitCode.USAGE, f"LIMIT= is {text}, which is no number of hits", "Write LIMIT=20"
        )
    return int(text) if text else None


def _make_first(call: Call) -> ExitCode:
    """Bring up to date what is searched."""
    options = argparse.Namespace(**vars(call.options) | {"verbs": _MADE_FIRST})
    return call.application.run(replace(call, options=options))


def _with_vectors(workdir: Path, names: Sequence[str]) -> list[str]:
    """Those of the items that can be searched. Raises PipelineError USAGE if none can."""
    found = [name for name in names if (workdir / name / "vectors.npz").exists()]
    if not found:
        raise PipelineError(
            ExitCode.USAGE,
            "nothing is named to be searched, and nothing in the working folder has vectors yet",
            "Add PICTURES=path/to/folder or VIDEO=path/to/ep1.mp4",
        )
    return found


def _write(call: Call, query: Query, pictures: Sequence[QueryPicture], hits: Sequence[Hit]) -> None:
    """Write the page and the lists, and say where they are."""
    from pipeline.illustrations.search.hits import write_hits
    from pipeline.illustrations.sections.search import write_search_page
    from pipeline.pictures.frames_file import read_small_picture
    from pipeline.runtime.atomic_files import published_folder

    workdir = call.workspace.folder
    page = workdir / SEARCH
    with published_folder(page) as folder:
        write_hits(folder, hits)
        write_search_page(
            folder,
            query,
            call.options.query,
            pictures,
            hits,
            lambda hit: read_small_picture(workdir / hit.collection / "frames.h5", hit.frame),
            partial(_original, workdir),
            page,
        )
    for hit in hits[:_TOLD]:
        call.say(_in_words(hit))
    if len(hits) > _TOLD:
        call.say(f"and {len(hits) - _TOLD} more")
    call.say(f"{call.workspace.shown(f'{SEARCH}/index.html')}, with hits.csv and hits.jsonl")


def _original(workdir: Path, hit: Hit) -> Path | None:
    """The file of a still; None for a video's picture."""
    pointer = workdir / hit.collection / STILLS_POINTER
    return StillsSource.load(pointer).folder / hit.picture if pointer.exists() else None


def _in_words(hit: Hit) -> str:
    where = f"{hit.rank:3}  {hit.collection}  {hit.picture}"
    if hit.similarity is None:
        return where
    return f"{where}  {hit.similarity:.3f}, above {hit.percentile:.2f} % of pairs"


SEARCH_PICTURES = Command(
    "illustrations-search",
    _run,
    _add_options,
    takes_items=True,
    uses=("config", "workdir", "set", "profile", "wait"),
    extra="learn",
)
