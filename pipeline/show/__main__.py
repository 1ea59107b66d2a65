"""``python -m pipeline.show``: make episodes of the synthetic show."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pipeline.runtime.arguments import Parser, path
from pipeline.runtime.errors import ExitCode, PipelineError, from_os_error
from pipeline.show.episode import is_made, make_episode
from pipeline.show.spec import EpisodeSpec


def main(argv: list[str] | None = None) -> int:
    """Make the episodes that ``argv`` names; returns the exit code."""
    try:
        arguments = _parser().parse_args(argv)
        width, height = _size(arguments.size)
        specs = [
            EpisodeSpec(
                episode=episode,
                seed=arguments.seed,
                seconds=arguments.seconds,
                width=width,
                height=height,
                comment_rate=arguments.comment_rate,
            )
            for episode in arguments.episode or [1]
        ]
        for spec in specs:
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


def make_and_tell(folder: Path, spec: EpisodeSpec) -> None:
    """Make an episode, with a bar on a terminal, and print what became of it."""
    from tqdm import tqdm

    hidden = is_made(folder, spec) or None  # None: if there is no terminal
    drawings = []
    with tqdm(
        total=spec.frame_count, desc=spec.stem, unit="frame", leave=False, disable=hidden
    ) as bar:
        video = make_episode(folder, spec, drawn=lambda n: drawings.append(bar.update(n)))
    print(f"{video}: {'made' if drawings else 'already there'}")


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
        " true about both (.truth.json). An episode that is already there is left alone.",
    )
    default = EpisodeSpec()
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
        default=default.seconds,
        metavar="S",
        help="length of each episode (default: %(default)g)",
    )
    add(
        "--seed",
        type=int,
        default=default.seed,
        metavar="N",
        help="another seed makes another season (default: %(default)d)",
    )
    add(
        "--size",
        default=f"{default.width}x{default.height}",
        metavar="WxH",
        help="of the picture in pixels, both sides even, not upright (default: %(default)s)",
    )
    add(
        "--comment-rate",
        type=float,
        default=default.comment_rate,
        metavar="N",
        help="comments a second, on average (default: %(default)g)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
