"""The driver: `python -m pipeline VERB` does what `make VERB` asks.

A verb is the name of a stage, which is brought up to date with all it needs, or one of
fetch, plan, clean and doctor. Several stages may be named at once.
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

from pipeline import numerics
from pipeline.config import Settings, VideoEntry, load_settings, override
from pipeline.errors import ExitCode, PipelineError, from_os_error, printable
from pipeline.graph import all_stages, stage_configs
from pipeline.making import Asked, make, plan
from pipeline.options import parser
from pipeline.profile import Profile, load_profile
from pipeline.roles import configured_videos
from pipeline.runs import Run
from pipeline.summary import Outcome
from pipeline.workspace import Workspace


def main() -> ExitCode:
    """Run one verb and return what to exit with."""
    numerics.configure()  # for doctor, which computes here
    options = parser(__doc__).parse_args()
    options.verb = options.verbs[0]
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


def _run(options: argparse.Namespace) -> ExitCode:
    if other := set(options.verbs[1:]) - set(all_stages()):
        raise PipelineError(
            ExitCode.USAGE, f"{', '.join(other)} cannot follow {options.verb}", "Name stages only"
        )
    if options.verb == "doctor":
        from pipeline import doctor

        return doctor.examine(options.workdir, options.profile)
    if options.verb == "fetch":
        return _fetch(options)
    if (options.comments or options.broadcast) and not options.video:
        raise PipelineError(
            ExitCode.USAGE, "COMMENTS and BROADCAST need a VIDEO to go with", "Add VIDEO=…"
        )
    settings = _as_asked(load_settings(options.config, stage_configs()), options)
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
    named = named or [name for name, stage in all_stages().items() if stage.product]
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
    url = options.url or ""
    with Workspace(options.workdir).alone(f"fetch {url}"):
        fetched = fetch(url, options.workdir / "fetched", most, since)
    for note in fetched.notes:
        _say(f"fetch: {note}")
    for path in filter(None, [fetched.video, fetched.comments]):
        _say(f"fetch: {path}")
    return ExitCode.OK


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
    for path, error in planned.roles.refused.items():
        print(printable(f"{'refused':12}{Path(path).name:24}{error}"))
    count = len(planned.jobs)
    print(f"{count} jobs to run" if count else "nothing to do: everything is up to date")
    return ExitCode.OK


def _clean(
    workspace: Workspace, settings: Settings, options: argparse.Namespace, run: Run
) -> ExitCode:
    videos = [options.video] if options.video else configured_videos(settings)
    with workspace.gate():
        removed = [workspace.remove_video(run, video) for video in videos]
        if not options.video:
            removed.append(workspace.remove_model(run, settings.model))
    run.undo()
    if any(removed):
        _list_videos(workspace)
    for folder in filter(None, removed):
        _say(f"clean: removed {folder}")
    if not any(removed):
        _say("clean: there was nothing to remove")
    return ExitCode.OK


def _say(line: str) -> None:
    print(printable(line), file=sys.stderr)


if __name__ == "__main__":
    code = main()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # nothing is left to be stopped
    sys.exit(code)
