"""The driver's command line."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.engine.graph import all_stages
from pipeline.runtime.arguments import Parser, path
from pipeline.runtime.paths import PROJECT

VARIABLES = (
    *("VIDEO", "STREAM", "COMMENTS", "BROADCAST", "CUTS", "FORMAT", "OF", "VIEWERS", "AT", "URL"),
    *("MOST", "SINCE", "CONFIG", "WORKDIR", "PROFILE", "WAIT", "MODEL"),
)
"""Of the environment, which stand for the options of these names."""


def parser(description: str | None) -> Parser:
    """Options default to what make passes on through the environment."""
    options = Parser(
        prog="python -m pipeline",
        description=description,
        epilog=f"Options default to the environment variables {', '.join(VARIABLES)}, as make"
        " passes them on.",
    )
    verbs = [*all_stages(), "all", "fetch", "plan", "models", "clean", "doctor"]
    options.add_argument(
        "verbs", nargs="+", choices=verbs, metavar="VERB", help="one of " + ", ".join(verbs)
    )
    options.add_argument(
        "--video", type=path, default=_environment("VIDEO"), help="a video, or a folder of them"
    )
    options.add_argument(
        "--stream",
        default=os.environ.get("STREAM"),
        metavar="N",
        help="the number of the video's picture stream where it has several, or auto for the one"
        " that players choose (default: as before, at first auto)",
    )
    options.add_argument(
        "--comments",
        default=os.environ.get("COMMENTS", ""),
        help=f"its comment file, or several joined by {os.pathsep}, which are merged",
    )
    options.add_argument(
        "--broadcast",
        default=os.environ.get("BROADCAST"),
        metavar="START[/END]",
        help="when the episode was on air, such as 2012-04-28T03:00+09:00: comments written beside"
        " a broadcast are put in their place by the time at which they were posted",
    )
    options.add_argument(
        "--cuts",
        default=os.environ.get("CUTS", ""),
        metavar="10:00-11:30,…",
        help="what of the broadcast the video leaves out, counted from its start",
    )
    options.add_argument(
        "--format",
        default=os.environ.get("FORMAT"),
        help="what export writes: ass, vtt, csv, niconico.xml, nvcomment.json, bilibili.xml or"
        " layout.json; what overlay does: mov or webm; what stills does: png or gif",
    )
    options.add_argument(
        "--of",
        default=os.environ.get("OF"),
        help="what render, overlay, stills and export take: comments or generated",
    )
    options.add_argument(
        "--viewers",
        default=os.environ.get("VIEWERS"),
        help="how render shows viewers' comments beside the generated ones: layers or halves",
    )
    options.add_argument(
        "--at",
        default=os.environ.get("AT"),
        metavar="1:05,83.5",
        help="the moments of a video that stills shows",
    )
    options.add_argument("--url", default=os.environ.get("URL"), help="page that fetch goes to")
    options.add_argument(
        "--most",
        default=os.environ.get("MOST"),
        metavar="N",
        help="how many comments fetch goes back for (default: 20000)",
    )
    options.add_argument(
        "--since",
        default=os.environ.get("SINCE"),
        metavar="2012-04-28",
        help="the day to which fetch goes back for comments",
    )
    options.add_argument(
        "--config",
        type=path,
        default=_environment("CONFIG") or PROJECT / "configs" / "default.yaml",
        help="settings file (default: configs/default.yaml)",
    )
    options.add_argument(
        "--workdir",
        type=path,
        default=_environment("WORKDIR") or PROJECT / "workdir",
        help="where all outputs go (default: workdir)",
    )
    options.add_argument(
        "--profile",
        default=os.environ.get("PROFILE") or "local",
        help="where and how jobs run: a folder of configs/profiles, or the path of one"
        " (default: local)",
    )
    options.add_argument(
        "--wait",
        action="store_true",
        default=os.environ.get("WAIT", "").casefold() not in ("", "0", "no", "false", "off"),
        help="wait for another run instead of giving up",
    )
    options.add_argument(
        "--model",
        default=os.environ.get("MODEL"),
        help="the model instead of the settings' (`models` lists them); clean removes it",
    )
    options.add_argument("-v", "--verbose", action="store_true", help="show tracebacks")
    return options


def _environment(name: str) -> Path | None:
    return Path(os.environ[name]) if os.environ.get(name) else None
