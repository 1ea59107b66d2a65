"""The driver: `python -m pipeline VERB` does what `make VERB` asks.

A verb is the name of a stage, which is brought up to date with all it needs, or one of
all, fetch, plan, models, clean and doctor. Several stages may be named at once; all stands for
those whose outputs are for people to open.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Literal

from pipeline.engine.command_line import VARIABLES, parser
from pipeline.engine.driver import Asked, make, plan
from pipeline.engine.graph import all_stages, stage_configs
from pipeline.engine.profiles import Profile, load_profile
from pipeline.engine.run_records import Run
from pipeline.engine.run_summary import Outcome
from pipeline.engine.settings import Settings, VideoEntry, load_settings, override, with_model
from pipeline.engine.workspace import Workspace
from pipeline.runtime import numerics
from pipeline.runtime.environment import complete_environment
from pipeline.runtime.errors import ExitCode, PipelineError, from_os_error, printable
from pipeline.runtime.spelling import misspelt_variables
from pipeline.sources.entries import configured_videos
from pipeline.sources.models import table


def main() -> ExitCode:
    """Run one verb and return what to exit with."""
    numerics.configure()  # for doctor, which computes here
    try:
        options = parser(__doc__).parse_args()
    except PipelineError as error:
        _say(f"error: {error}")
        return error.code
    complete_environment(options.workdir)
    options.verb = options.verbs[0]
    options.verbs = _spelled_out(options.verbs)
    for name, meant in misspelt_variables(os.environ, VARIABLES).items():
        _say(f"{options.verb}: {name} in the environment means nothing. Did you mean {meant}?")
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
            signal.signal(number, signal.default_int_handler)
    try:
        return _run(options)
    except PipelineError as error:
        _say(f"{options.verb}: error: {error}")
        return error.code
    except OSError as error:
        known = from_os_error(error)
        if known is None or options.verbose:
            raise
        _say(f"{options.verb}: error: {known}")
        return known.code
    except KeyboardInterrupt:
        _say(f"{options.verb}: interrupted; run again to go on")
        return ExitCode.INTERRUPTED


def _spelled_out(verbs: list[str]) -> list[str]:
    """The verbs, with the stages that ``all`` stands for in its place."""
    products = [name for name, stage in all_stages().items() if stage.product]
    return [name for verb in verbs for name in (products if verb == "all" else [verb])]


def _run(options: argparse.Namespace) -> ExitCode:
    if other := set(options.verbs[1:]) - set(all_stages()):
        raise PipelineError(
            ExitCode.USAGE,
            f"{', '.join(sorted(other))} cannot follow {options.verb}",
            "Give it a call of its own",
        )
    if options.verb == "doctor":
        from pipeline.engine import doctor

        return doctor.examine(options.workdir, options.profile)
    if options.verb == "fetch":
        return _fetch(options)
    if options.verb == "models":
        return _models(options.workdir)
    if (options.comments or options.broadcast or options.stream) and not options.video:
        raise PipelineError(
            ExitCode.USAGE, "COMMENTS, BROADCAST and STREAM need a VIDEO to go with", "Add VIDEO=…"
        )
    settings = _as_asked(load_settings(options.config, stage_configs()), options)
    if options.model:
        settings = with_model(settings, options.model)
    profile = load_profile(options.profile)
    workspace = Workspace(options.workdir)
    stages = [name for name in options.verbs if name not in ("plan", "clean")]
    asked = Asked(settings, stages, _given_video(options))
    if options.verb == "plan":
        return _plan(workspace, asked, profile)
    run = workspace.begin_run(profile)
    try:
        if options.verb == "clean":
            return _clean(workspace, settings, options, run)
        return _make(workspace, asked, profile, run, options)
    except BaseException:
        run.undo()
        raise


def _as_asked(settings: Settings, options: argparse.Namespace) -> Settings:
    """``settings`` with what the command line says of the stages that it names."""
    kinds = stage_configs()
    named = [name for name in options.verbs if name in kinds]
    named = named or _spelled_out(["all"])
    for key, value in _overrides(options).items():
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


def _overrides(options: argparse.Namespace) -> dict[str, object]:
    """Settings by name, as far as the command line gives them."""
    given = {"format": options.format, "of": options.of, "viewers": options.viewers}
    if options.at:
        given["at"] = _moments(options.at)
    return {key: value for key, value in given.items() if value}


def _moments(text: str) -> list[float]:
    from pipeline.runtime.clock import parse_clock

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
    most, since, url = _most(options.most), _since(options.since), options.url or ""
    with Workspace(options.workdir).alone(f"fetch {url}"):
        fetched = fetch(url, options.workdir / "fetched", most, since)
    for note in fetched.notes:
        _say(f"fetch: {note}")
    for path in filter(None, [fetched.video, fetched.comments]):
        _say(f"fetch: {path}")
    return ExitCode.OK


def _most(text: str | None) -> int | None:
    if text and not (text.isascii() and text.isdecimal()):
        raise PipelineError(ExitCode.USAGE, f"MOST= is {text}, and no number", "Write MOST=20000")
    return int(text) if text else None


def _since(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise PipelineError(
            ExitCode.USAGE, f"SINCE= is {text}, and no day", "Write SINCE=2012-04-28"
        ) from None


def _given_video(options: argparse.Namespace) -> VideoEntry | None:
    if options.video is None:
        return None
    comments = options.comments
    several = comments.split(os.pathsep) if not Path(comments).exists() else [comments]
    cuts = options.cuts.split(",")
    return VideoEntry(
        str(options.video),
        list(filter(None, several)),
        options.broadcast,
        list(filter(None, cuts)),
        _stream(options.stream),
    )


def _stream(text: str | None) -> int | Literal["auto"] | None:
    if not text:
        return None
    if text == "auto":
        return "auto"
    if text.isascii() and text.isdecimal():
        return int(text)
    raise PipelineError(
        ExitCode.USAGE,
        f"STREAM= is {text}, and no number of a stream",
        "Write STREAM=1, or STREAM=auto for the one that players choose",
    )


def _make(
    workspace: Workspace, asked: Asked, profile: Profile, run: Run, options: argparse.Namespace
) -> ExitCode:
    made = make(workspace, asked, profile, run, options.wait)
    outcome = Outcome.of(made)
    run.record.videos = outcome.videos
    run.end(outcome.code, outcome.headline)
    if any(job.stage == "report" and job.state == "done" for job in made.jobs.values()):
        _list_videos(workspace)
    for line in outcome.lines(workspace, run, profile):
        _say(f"{options.verb}: {line}")
    return outcome.code


def _list_videos(workspace: Workspace) -> None:
    """Make the page that leads to all reports anew, from whatever runs they are."""
    from pipeline.report.videos import write_videos

    # A full disk or a busy folder must not hide what was made; the next report lists it.
    with suppress(OSError, PipelineError), workspace.gate():
        write_videos(workspace.folder, workspace.videos())


def _plan(workspace: Workspace, asked: Asked, profile: Profile) -> ExitCode:
    with workspace.gate():
        planned = plan(workspace, asked, profile)
    for job in planned.jobs:
        print(printable(f"{job.stage:12}{job.of:24}{job.reason}"))
    for note in planned.notes:
        print(printable(f"{'note':12}{note}"))
    for path, error in planned.roles.refused.items():
        print(printable(f"{'refused':12}{Path(path).name:24}{error}"))
    count = len(planned.jobs)
    print(f"{count} jobs to run" if count else "nothing to do: everything is up to date")
    return ExitCode.OK


def _models(workdir: Path) -> ExitCode:
    lines = list(table(workdir / "models"))
    for line in lines or ["no model yet: `make train VIDEO=path/to/ep1.mp4` makes one"]:
        print(printable(line))
    return ExitCode.OK


def _clean(
    workspace: Workspace, settings: Settings, options: argparse.Namespace, run: Run
) -> ExitCode:
    videos = [options.video] if options.video else []
    if not videos and not options.model:
        videos = configured_videos(settings)
    if not videos and not options.model:
        raise PipelineError(
            ExitCode.USAGE,
            "nothing is named to be removed: the settings list no videos",
            "Try `make clean VIDEO=path/to/ep1.mp4`, or `make clean MODEL=name` (`make models`"
            " lists them)",
        )
    with workspace.gate():
        removed = [workspace.remove_video(run, video) for video in videos]
        if options.model:
            removed.append(workspace.remove_model(run, settings.model))
    run.undo()
    if any(removed):
        _list_videos(workspace)
    for folder in filter(None, removed):
        _say(f"clean: removed {folder}")
    if not any(removed):
        there = ", ".join(workspace.videos()) or "nothing"
        _say(f"clean: there was nothing to remove; in {workspace.shown('')} there is {there}")
    return ExitCode.OK


def _say(line: str) -> None:
    print(printable(line), file=sys.stderr)


if __name__ == "__main__":
    code = main()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # nothing is left to be stopped
    sys.exit(code)
