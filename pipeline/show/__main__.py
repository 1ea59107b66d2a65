"""``python -m pipeline.show``: make episodes and albums of the synthetic show."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipeline.runtime.arguments import Parser, path
from pipeline.runtime.errors import ExitCode, PipelineError, from_os_error
from pipeline.show import album, episode
from pipeline.show.spec import LIGHTS, AlbumSpec, EpisodeSpec


def main(argv: list[str] | None = None) -> int:
    """Make the episodes or the album that ``argv`` names; returns the exit code."""
    try:
        arguments = _parser().parse_args(argv)
        for spec in _specs(arguments):
            make_and_tell(arguments.folder, spec)
    except PipelineError as error:
        return _fail(error)
    except OSError as error:
        known = from_os_error(error)
        if known is None:
            raise
        return _fail(known)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    return ExitCode.OK


def make_and_tell(folder: Path, spec: EpisodeSpec | AlbumSpec) -> None:
    """Make an episode or an album, with a bar on a terminal, and print what became of it."""
    from tqdm import tqdm

    if isinstance(spec, AlbumSpec):
        there, count, unit = album.is_made(folder, spec), spec.stills, "still"
        make: Callable[..., Path] = partial(album.make_album, folder, spec)
    else:
        there, count, unit = episode.is_made(folder, spec), spec.frame_count, "frame"
        make = partial(episode.make_episode, folder, spec)
    hidden = there or None  # None: if there is no terminal
    drawings = []
    with tqdm(total=count, desc=spec.stem, unit=unit, leave=False, disable=hidden) as bar:
        made = make(drawn=lambda n: drawings.append(bar.update(n)))
    print(f"{made}: {'made' if drawings else 'already there'}")


def _specs(arguments: argparse.Namespace) -> list[EpisodeSpec] | list[AlbumSpec]:
    """What to make; settings that were not given have the defaults of what it is."""
    given = {name: value for name, value in vars(arguments).items() if value is not None}
    del given["folder"]
    if "size" in given:
        given["width"], given["height"] = _size(given.pop("size"))
    stills = given.pop("album", None)
    lights = given.pop("lights", False)
    shots = given.pop("shots")
    if stills is None:
        if shots:
            raise PipelineError(ExitCode.USAGE, "--shots is for albums", "Add --album")
        if lights:
            raise PipelineError(ExitCode.USAGE, "--lights is for albums", "Add --album")
        return [EpisodeSpec(**given | {"episode": n}) for n in arguments.episode or [1]]
    for name in ("episode", "seconds", "comment_rate", "light"):
        if name in given:
            raise PipelineError(
                ExitCode.USAGE,
                f"--{name.replace('_', '-')} is for episodes, and --album makes none",
                "Leave one of them out",
            )
    return [AlbumSpec(stills=stills, lights=lights, shots=shots, **given)]


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)x(\d+)", text)
    if match is None:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"{text!r} is not a size",
            "Give width x height in pixels, like 640x360",
        )
    return int(match[1]), int(match[2])


def _fail(error: PipelineError) -> int:
    print(f"show: error: {error}", file=sys.stderr)
    return error.code


def _parser() -> Parser:
    parser = Parser(
        prog="python -m pipeline.show",
        description="Make episodes of ねこまち, a tiny animated show generated from a seed. Each"
        " is three files: the video (nekomachi-01.mp4), its viewers' comments (.xml) and what is"
        " true about both (.truth.json). With --album, make a folder of stills with jokes instead"
        " (nekomachi-album-2017/0001.png … and captions.csv), and beside it what is true about"
        " them. What is already there is left alone.",
    )
    an_episode, an_album = EpisodeSpec(), AlbumSpec()
    add = parser.add_argument
    add("--folder", type=path, required=True, metavar="DIR", help="where the files go")
    add(
        "--episode",
        type=int,
        action="append",
        metavar="N",
        help="number of an episode, from 1 (the default); give it again for more episodes",
    )
    add(
        "--seconds",
        type=float,
        metavar="S",
        help=f"length of each episode (default: {an_episode.seconds:g})",
    )
    add(
        "--comment-rate",
        type=float,
        metavar="N",
        help=f"comments a second, on average (default: {an_episode.comment_rate:g})",
    )
    add(
        "--album",
        type=int,
        nargs="?",
        const=an_album.stills,
        metavar="N",
        help=f"make an album of N stills (default: {an_album.stills}) instead of episodes",
    )
    add(
        "--light",
        choices=LIGHTS,
        help=f"in which episodes are drawn (default: {an_episode.light})",
    )
    add(
        "--lights",
        action="store_true",
        default=None,
        help="draw an album's stills in each light, in a folder of its own, without jokes",
    )
    add(
        "--shots",
        action="store_true",
        help="make an album whose faces have many sizes: the camera goes near and far, and some"
        " stills show nobody",
    )
    add(
        "--seed",
        type=int,
        default=an_episode.seed,
        metavar="N",
        help="another seed makes another season, and another album (default: %(default)d)",
    )
    add(
        "--size",
        metavar="WxH",
        help="of the picture in pixels, both sides even, not upright"
        f" (default: {an_episode.width}x{an_episode.height},"
        f" for an album {an_album.width}x{an_album.height})",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
