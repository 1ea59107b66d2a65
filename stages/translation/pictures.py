"""Read the originals of a collection at the size of training, with the domain of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.engine.settings import SHARED, Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.pictures.settings import HeldOutSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.labels.record import Label
    from pipeline.media.picture_folder import PictureFolder
    from pipeline.runtime.arrays import Bools, UInt8s
    from pipeline.translation.domains import Domains


class Config(StageConfig, frozen=True):
    """Which pictures are learned from, and how large."""

    size: Annotated[int, Meta(ge=8, le=1024)] = 64
    """Pixels across and down."""
    fit: Literal["crop", "pad", "squeeze"] = "crop"
    """How pictures become squares: cut off, with white borders, or squeezed."""
    domains: list[str] | None = None
    """The domains to learn, in this order; null takes all that are found."""
    learn_from: Annotated[Literal["all", "kept"], SHARED] = "all"
    """``kept`` leaves out what the stage ``clusters`` drops. Labels that drop count always."""
    held_out: HeldOutSettings = HeldOutSettings(by="name")
    """What is kept back, where folders or files do not say it."""
    seed: Seed = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``translation.h5``."""
    from pathlib import PurePosixPath

    import numpy as np

    from pipeline.labels.keeping import dropped_pictures
    from pipeline.pictures.frames_file import Frames, read_names
    from pipeline.runtime.disk_space import require_space
    from pipeline.runtime.progress import track
    from pipeline.runtime.quantities import counted
    from pipeline.sources.pointers import open_stills
    from pipeline.translation.domains import find_domains
    from pipeline.translation.pictures_file import write_domain_pictures

    folder, names = open_stills(inputs["stills"]), read_names(inputs["frames"])
    below = [path.relative_to(folder.path).as_posix() for path in _folders(folder.path)]
    dropped = dropped_pictures(inputs.get("kept"), inputs.get("labels"))
    wanted = [name for name in names if name not in dropped]
    found = find_domains(wanted, _labels(inputs), config.domains, below)
    used = [name for name in names if name in found.of]
    frames = Frames.load(inputs["frames"])
    rows = frames.row[[place for place, name in enumerate(names) if name in found.of]]
    out = _held_out(used, rows, found, config)
    require_space(outputs.folder, len(used) * config.size**2 * 3)
    pictures = track(_squares(folder, used, config), len(used), "pictures", "pictures")
    write_domain_pictures(
        outputs["pictures"],
        pictures,
        config.size,
        domains=np.array([[name in found.of[one] for name in found.names] for one in used]),
        held_out=out,
        things=[PurePosixPath(name).stem for name in used],
        names=used,
        domain_names=found.names,
        fingerprint=frames.fingerprint,
    )
    left_out = len(wanted) - len(used)
    return (
        f"{counted(len(used), 'picture')} in {counted(len(found.names), 'domain')}"
        f" ({', '.join(f'{name} {count:,}' for name, count in found.counts.items())}),"
        f" {int(out.sum()):,} of them held out"
        + f"; {left_out:,} in none of them left out" * bool(left_out)
        + f"; {len(names) - len(wanted):,} dropped by labels or clusters"
        * (len(wanted) < len(names))
    )


def _folders(top: Path) -> list[Path]:
    """The folders in a folder, and those in them, that are not hidden."""
    found = [path for pattern in ("*/", "*/*/") for path in top.glob(pattern) if path.is_dir()]
    return [p for p in found if not any(x.startswith(".") for x in p.relative_to(top).parts)]


def _labels(inputs: Files) -> Iterator[Label]:
    from pipeline.labels.labels_file import read_labels_file

    path = inputs.get("labels")
    return iter(()) if path is None else read_labels_file(path)


def _held_out(names: Sequence[str], rows: Any, found: Domains, config: Config) -> Bools:
    """(pictures,) which are held out: as folders or files say, or else by the settings."""
    import numpy as np

    from pipeline.pictures.held_out import held_out

    told = np.array([found.splits[name] in ("dev", "test") for name in names])
    if told.any():
        return np.isin(rows, rows[told])
    return held_out(names, rows, config.held_out, config.seed)


def _squares(folder: PictureFolder, names: Sequence[str], config: Config) -> Iterator[UInt8s]:
    """Each of the named pictures of a collection, (size, size, 3), in their order."""
    from dataclasses import replace

    from pipeline.runtime.errors import PipelineError

    def refuse(name: str, error: PipelineError) -> None:
        if name in files:
            raise error

    wanted, done = set(names), 0
    in_files = {file.name for file in folder.files}
    files = {name if name in in_files else name.rpartition("#")[0] for name in names}
    chosen = replace(folder.only(files), fit=config.fit)
    if not wanted <= in_files:
        chosen = replace(chosen, animated="each")
    for picture in chosen.scaled_pictures(config.size, refuse):
        if picture.name in wanted:
            assert picture.name == names[done]
            done += 1
            yield picture.pixels


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take for photographs."""
    pictures = amounts["pictures"]
    return Expected(
        seconds=pictures * 4e-3,
        bytes=pictures * config.size**2 * 3,
        amounts={"domain_pictures": pictures},
    )


def measure(outputs: Files) -> Amounts:
    """Count the pictures."""
    import h5py

    with h5py.File(outputs["pictures"], "r") as file:
        return {"domain_pictures": len(file["names"])}


def without(settings: Mapping[str, Any]) -> Collection[str]:
    """Clusters are needed to learn from what they keep."""
    return () if settings.get("learn_from") == "kept" else ("kept",)


STAGE = Stage(
    inputs={
        "stills": "{item}/source.stills.json",
        "frames": "{item}/frames.h5",
        "kept": "{item}/keep.jsonl",
    },
    without=without,
    optional={"labels": "{item}/labels.jsonl"},
    outputs={"pictures": "{item}/translation.h5"},
    config=Config,
    run=run,
    expect=expect,
    measure=measure,
    whole_machine=True,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
