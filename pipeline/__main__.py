"""The driver: `python -m pipeline VERB` does what `make VERB` asks.

A verb is the name of a stage, which is brought up to date with all it needs, or one of
fetch, plan, clean and doctor. Several stages may be named at once.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from datetime import date
from pathlib import Path

from pipeline.config import Settings, VideoEntry, load_settings, override
from pipeline.errors import ExitCode, PipelineError, from_os_error
from pipeline.fingerprint import PROJECT
from pipeline.graph import Graph, all_stages, configured_stages, stage_configs
from pipeline.roles import assign_roles, configured_videos
from pipeline.workspace import Workspace


def main() -> ExitCode:
    """Run one verb and return what to exit with."""
    options = _parser().parse_args()
    options.verb = options.verbs[0]
    try:
        return _run(options)
    except PipelineError as error:
        print(f"{options.verb}: error: {error}", file=sys.stderr)
        return error.code
    except OSError as error:
        known = from_os_error(error)
        if known is None or options.verbose:
            raise
        print(f"{options.verb}: error: {known}", file=sys.stderr)
        return known.code
    except KeyboardInterrupt:
        print(f"{options.verb}: interrupted; run again to go on", file=sys.stderr)
        return ExitCode.INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Options default to the environment variables VIDEO, COMMENTS, BROADCAST, CUTS,"
        " FORMAT, OF, VIEWERS, AT, URL, MOST, SINCE, CONFIG, WORKDIR and WAIT, as make passes them"
        " on.",
    )
    verbs = [*all_stages(), "fetch", "plan", "clean", "doctor"]
    parser.add_argument(
        "verbs", nargs="+", choices=verbs, metavar="VERB", help="one of " + ", ".join(verbs)
    )
    parser.add_argument("--video", type=Path, default=_environment("VIDEO"), help="one video file")
    parser.add_argument(
        "--comments",
        default=os.environ.get("COMMENTS", ""),
        help=f"its comment file, or several joined by {os.pathsep}, which are merged",
    )
    parser.add_argument(
        "--broadcast",
        default=os.environ.get("BROADCAST"),
        metavar="START[/END]",
        help="when the episode was on air, such as 2012-04-28T03:00+09:00: comments written beside"
        " a broadcast are put in their place by the time at which they were posted",
    )
    parser.add_argument(
        "--cuts",
        default=os.environ.get("CUTS", ""),
        metavar="10:00-11:30,…",
        help="what of the broadcast the video leaves out, counted from its start",
    )
    parser.add_argument(
        "--format",
        default=os.environ.get("FORMAT"),
        help="what export writes: ass, vtt, csv, niconico.xml, nvcomment.json, bilibili.xml or"
        " layout.json; what overlay does: mov or webm; what moments does: png or gif",
    )
    parser.add_argument(
        "--of",
        default=os.environ.get("OF"),
        help="what render, overlay, moments and export take: comments or generated",
    )
    parser.add_argument(
        "--viewers",
        default=os.environ.get("VIEWERS"),
        help="how render shows viewers' comments beside the generated ones: layers or halves",
    )
    parser.add_argument(
        "--at",
        default=os.environ.get("AT"),
        metavar="1:05,83.5",
        help="the moments of a video that moments shows",
    )
    parser.add_argument("--url", default=os.environ.get("URL"), help="page that fetch goes to")
    parser.add_argument(
        "--most",
        default=os.environ.get("MOST"),
        metavar="N",
        help="how many comments fetch goes back for (default: 20000)",
    )
    parser.add_argument(
        "--since",
        default=os.environ.get("SINCE"),
        metavar="2012-04-28",
        help="the day to which fetch goes back for comments",
    )
    parser.add_argument(
        "--config",
        type=Path,
        default=_environment("CONFIG") or PROJECT / "configs" / "default.yaml",
        help="settings file (default: configs/default.yaml)",
    )
    parser.add_argument(
        "--workdir",
        type=Path,
        default=_environment("WORKDIR") or PROJECT / "workdir",
        help="where all outputs go (default: workdir)",
    )
    parser.add_argument(
        "--wait",
        action="store_true",
        default=os.environ.get("WAIT", "") not in ("", "0"),
        help="wait for another run instead of giving up",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show tracebacks")
    return parser


def _environment(name: str) -> Path | None:
    return Path(os.environ[name]) if os.environ.get(name) else None


def _run(options: argparse.Namespace) -> ExitCode:
    if other := set(options.verbs[1:]) - set(all_stages()):
        raise PipelineError(
            ExitCode.USAGE, f"{', '.join(other)} cannot follow {options.verb}", "Name stages only"
        )
    if options.verb == "doctor":
        from pipeline import doctor

        return doctor.examine(options.workdir)
    if options.verb == "fetch":
        return _fetch(options)
    if (options.comments or options.broadcast) and not options.video:
        raise PipelineError(
            ExitCode.USAGE, "COMMENTS and BROADCAST need a VIDEO to go with", "Add VIDEO=…"
        )
    settings = _as_asked(load_settings(options.config, stage_configs()), options)
    workspace = Workspace(options.workdir)
    if options.verb == "plan":
        return _plan(workspace, *_prepare(workspace, settings, options))
    with workspace.held(options.wait):
        if options.verb == "clean":
            return _clean(workspace, settings, options)
        return _make(workspace, options, *_prepare(workspace, settings, options))


def _as_asked(settings: Settings, options: argparse.Namespace) -> Settings:
    """``settings`` with what the command line says of the stages that it names."""
    kinds = stage_configs()
    named = [name for name in options.verbs if name in kinds]
    named = named or [name for name, stage in all_stages().items() if stage.product]
    for key, value in _asked(options).items():
        meant = [name for name in named if key in kinds[name].__struct_fields__]
        if not meant:
            takers = [name for name, kind in kinds.items() if key in kind.__struct_fields__]
            raise PipelineError(
                ExitCode.USAGE,
                f"{key.upper()}= means nothing to {options.verb}",
                f"Leave it out; it is for {', '.join(takers)}",
            )
        for name in meant:
            settings = override(settings, name, {key: value}, f"{key.upper()}=")
    return settings


def _asked(options: argparse.Namespace) -> dict[str, object]:
    """Settings by name, as far as the command line gives them."""
    given = {"format": options.format, "of": options.of, "viewers": options.viewers}
    if options.at:
        given["at"] = _moments(options.at)
    return {key: value for key, value in given.items() if value}


def _moments(text: str) -> list[float]:
    from pipeline.timebase import parse_clock

    try:
        return [parse_clock(moment) for moment in text.split(",")]
    except ValueError as error:
        raise PipelineError(ExitCode.USAGE, f"AT=: {error}", "Write AT=1:05,83.5") from None


def _fetch(options: argparse.Namespace) -> ExitCode:
    logging.basicConfig(level=logging.INFO, format="fetch: %(message)s")
    try:
        from pipeline.fetching.fetch import fetch
    except ModuleNotFoundError as error:
        if error.name != "yt_dlp":
            raise
        raise PipelineError(
            ExitCode.FETCH_FAILED,
            "yt-dlp is not installed",
            "Run `.venv/bin/pip install yt-dlp`",
        ) from None
    try:
        most = int(options.most) if options.most else None
        if most is not None and most < 0:
            raise ValueError
        since = date.fromisoformat(options.since) if options.since else None
    except ValueError:
        raise PipelineError(
            ExitCode.USAGE, "MOST= is a number, and SINCE= a day", "Write them as 20000, 2012-04-28"
        ) from None
    fetched = fetch(options.url or "", options.workdir / "fetched", most, since)
    for note in fetched.notes:
        print(f"fetch: {note}", file=sys.stderr)
    for path in filter(None, [fetched.video, fetched.comments]):
        print(f"fetch: {path}", file=sys.stderr)
    return ExitCode.OK


def _prepare(
    workspace: Workspace, settings: Settings, options: argparse.Namespace
) -> tuple[Path, list[str]]:
    """Register the videos; return the graph's file and the paths to make."""
    named = [name for name in options.verbs if name != "plan"]
    stages = configured_stages(settings)
    products = [stage for stage in stages.values() if stage.product]
    wanted = [stages[name] for name in named] or products
    roles = assign_roles(workspace, settings, wanted, _given_video(options))
    graph = Graph.of(settings, roles.learn, roles.commented)
    return workspace.save_graph(graph), graph.targets(wanted, roles.work_on)


def _given_video(options: argparse.Namespace) -> VideoEntry | None:
    if options.video is None:
        return None
    comments = options.comments
    several = comments.split(os.pathsep) if not Path(comments).exists() else [comments]
    cuts = options.cuts.split(",")
    return VideoEntry(
        str(options.video), list(filter(None, several)), options.broadcast, list(filter(None, cuts))
    )


def _make(
    workspace: Workspace, options: argparse.Namespace, graph: Path, targets: list[str]
) -> ExitCode:
    from pipeline.engine import run_graph

    started = time.time()
    before = {target: workspace.stamp(target) for target in targets}
    if not run_graph(workspace.folder, graph, targets, workspace.engine_log):
        return workspace.explain_failure(started)
    for target in targets:
        state = "up to date" if workspace.stamp(target) == before[target] else "made"
        print(f"{options.verb}: {workspace.shown(target)} ({state})", file=sys.stderr)
    return ExitCode.OK


def _plan(workspace: Workspace, graph: Path, targets: list[str]) -> ExitCode:
    from pipeline.engine import plan_graph

    jobs = plan_graph(workspace.folder, graph, targets, workspace.engine_log)
    if jobs is None:
        return workspace.explain_failure(time.time())
    for job in jobs:
        print(f"{job.stage:12}{job.of:24}{job.reason}")
    print(f"{len(jobs)} jobs to run" if jobs else "nothing to do: everything is up to date")
    return ExitCode.OK


def _clean(workspace: Workspace, settings: Settings, options: argparse.Namespace) -> ExitCode:
    if options.video:
        removed = [workspace.remove_video(options.video)]
    else:
        removed = [workspace.remove_video(video) for video in configured_videos(settings)]
        removed.append(workspace.remove_model(settings.model))
    for folder in filter(None, removed):
        print(f"clean: removed {folder}", file=sys.stderr)
    if not any(removed):
        print("clean: there was nothing to remove", file=sys.stderr)
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
