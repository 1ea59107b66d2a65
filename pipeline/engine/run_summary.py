"""What a run came to, video by video: for the terminal, and for ``workdir/runs``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from pipeline.engine.driver import Made
from pipeline.engine.graph import all_stages
from pipeline.engine.profiles import Profile
from pipeline.engine.run_records import JobRecord, Run, VideoRecord
from pipeline.engine.workspace import Workspace, may_take_others
from pipeline.runtime.errors import ExitCode

_MOST_ROWS = 40
"""Of a kind; more that went well are only counted."""
_WELL = ("up to date", "made")
_ORDER = (*_WELL, "skipped", "not reached", "failed")


@dataclass(frozen=True)
class Outcome:
    """What became of each video, and what to exit with."""

    made: Made
    code: ExitCode
    videos: list[VideoRecord]
    """In the order in which they are told: what went wrong comes last."""

    @classmethod
    def of(cls, made: Made) -> Outcome:
        """Sum up."""
        return cls(made, _exit_code(made), _video_records(made))

    @property
    def headline(self) -> str:
        """How many videos came to what."""
        if not self.videos:
            return f"model {'made' if self.made.plan.jobs else 'up to date'}"
        counts = Counter[str](video.state for video in self.videos)
        told = [f"{counts[state]:,} {state}" for state in _ORDER if counts[state]]
        count = len(self.videos)
        return f"{count:,} video{'s' if count != 1 else ''}: {', '.join(told)}"

    def lines(self, workspace: Workspace, run: Run, profile: Profile) -> Iterator[str]:
        """What to tell: of one video its files, of several a table.

        One line if all is well and the profile is quiet.
        """
        if len(self.videos) > 1 or (profile.quiet and self.code == ExitCode.OK):
            yield from self._table(workspace, well=not profile.quiet)
            took = timedelta(seconds=round(run.record.seconds))
            yield f"{self.headline} in {took} ({workspace.shown(f'runs/{run.file.name}')})"
        elif self.code == ExitCode.OK:
            yield from self._files(workspace)
        elif not profile.local or profile.quiet or self._untold():
            yield from (f"error: {video.why}" for video in self.videos)
        if self.made.stopped:
            yield "interrupted; run again to go on"
        if self.made.fault is not None:
            yield f"error: {self.made.fault}"

    def _table(self, workspace: Workspace, *, well: bool) -> Iterator[str]:
        width = max((len(video.name) for video in self.videos), default=0)
        for state, group in groupby(self.videos, key=lambda video: video.state):
            videos = list(group)
            if state in _WELL and (not well or len(videos) > _MOST_ROWS):
                continue
            for video in videos[:_MOST_ROWS]:
                log = f" (log: {workspace.shown(video.log)})" if video.log else ""
                yield f"{state:12}{video.name:{width}}  {video.why}{log}".rstrip()
            if (more := len(videos) - _MOST_ROWS) > 0:
                yield f"{state:12}and {more:,} more"

    def _files(self, workspace: Workspace) -> Iterator[str]:
        plan = self.made.plan
        for target, before in zip(plan.targets, plan.stamps, strict=True):
            state = "up to date" if workspace.stamp(target) == before else "made"
            yield f"{workspace.shown(target)} ({state})"

    def _untold(self) -> bool:
        """Whether a stage failed that could not say so."""
        return any(job.state == "failed" and not job.host for job in self.made.jobs.values())


def _exit_code(made: Made) -> ExitCode:
    """The code of what failed, if it is one; else that several things did."""
    if made.stopped:
        return ExitCode.INTERRUPTED
    codes = {job.code or 0 for job in made.jobs.values() if job.state == "failed"}
    codes |= {error.code for error in made.plan.roles.refused.values()}
    if made.fault is not None:
        codes.add(made.fault.code)
    if len(codes) > 1:
        return ExitCode.SEVERAL_FAILED
    return ExitCode(codes.pop()) if codes else ExitCode.OK


def _video_records(made: Made) -> list[VideoRecord]:
    """What became of each video, and of the model or a training video where that failed."""
    roles, jobs = made.plan.roles, list(made.jobs.values())
    names = {name for videos in roles.work_on.values() for name in videos}
    of: dict[str, list[JobRecord]] = {name: [] for name in names}
    for job in jobs:
        if job.of in names or job.state == "failed":
            of.setdefault(job.of, []).append(job)
    blame = next((job for job in jobs if job.state == "failed" and job.of not in names), None)
    records = [_video_record(name, own, blame) for name, own in of.items()]
    wanted = [all_stages()[name] for name in roles.work_on]
    lacking = "has no comments" + "; there is OF=generated" * may_take_others(wanted)
    records += [VideoRecord(name, "skipped", lacking) for name in roles.skipped]
    records += [
        VideoRecord(Path(path).name, "failed", str(error)) for path, error in roles.refused.items()
    ]
    return sorted(records, key=lambda video: (_ORDER.index(video.state), video.name))


def _video_record(name: str, jobs: Sequence[JobRecord], blame: JobRecord | None) -> VideoRecord:
    for job in jobs:
        if job.state == "failed":
            log = f"{name}/logs/{job.stage}.log"
            return VideoRecord(name, "failed", f"{job.stage}: {job.message}", log)
    if any(job.state == "not reached" for job in jobs):
        why = f"needs {blame.of}, where {blame.stage} failed" if blame else "the run was stopped"
        return VideoRecord(name, "not reached", why)
    return VideoRecord(name, "made" if jobs else "up to date")
