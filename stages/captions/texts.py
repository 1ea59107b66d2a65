"""Split what people wrote about pictures into words, and hold some pictures out of training."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pipeline.engine.settings import SHARED, NameOrPath, OwnFile, Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.pictures.settings import HeldOutSettings
from pipeline.text.settings import NormalizationSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.labels.record import Label
    from pipeline.runtime.arrays import Bools


class Config(StageConfig, frozen=True):
    """How texts become words, and which are kept back."""

    normalization: NormalizationSettings = NormalizationSettings()
    language: Literal["auto", "japanese", "chinese", "words", "characters"] = "auto"
    """How words are found: by MeCab, by jieba, by Unicode's rules, or each character is one."""
    dictionary: NameOrPath = "ipadic"
    """MeCab's: ``ipadic``, ``unidic-lite``, ``system``, or the folder of a compiled one."""
    user_dictionary: OwnFile | None = None
    """More words for MeCab."""
    ng_words: OwnFile | None = None
    """A file of words or /expressions/, one a line; texts with any of them are not learned from."""
    learn_from: Annotated[Literal["all", "kept"], SHARED] = "all"
    """``kept`` leaves out what the stage ``clusters`` drops. Labels that drop count always."""
    held_out: HeldOutSettings = HeldOutSettings()
    seed: Seed = 2017


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError if a dictionary or a list of NG words cannot be read."""
    from pipeline.text.splitting import make_splitter
    from pipeline.text.word_lists import load_ng_words

    load_ng_words(config.ng_words)
    language = "japanese" if config.language == "auto" else config.language
    make_splitter(language, config.dictionary, config.user_dictionary)


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``texts.jsonl``."""
    import msgspec

    from pipeline.captions.texts_file import CaptionText, write_texts
    from pipeline.labels.keeping import dropped_pictures
    from pipeline.labels.labels_file import read_labels_file
    from pipeline.pictures.frames_file import read_names
    from pipeline.runtime.errors import ExitCode, PipelineError
    from pipeline.runtime.quantities import counted
    from pipeline.text.normalize import normalize
    from pipeline.text.splitting import detect_language, make_splitter
    from pipeline.text.word_lists import has_ng_words, load_ng_words

    said = [
        label
        for label in read_labels_file(inputs["labels"])
        if label.kind == "text" and label.by == "person"
    ]
    dropped = dropped_pictures(inputs.get("kept"), inputs["labels"])
    labels = [label for label in said if label.picture not in dropped]
    names = read_names(inputs["frames"])
    frame_of = {name: frame for frame, name in enumerate(names)}
    ng_words = load_ng_words(config.ng_words)
    kept = [
        label
        for label in labels
        # Somebody may have edited the labels, or removed a picture since.
        if label.picture in frame_of and not has_ng_words(label.value, ng_words)
    ]
    if not kept:
        raise PipelineError(
            ExitCode.NOTHING_USABLE,
            f"{inputs['labels']} holds no text to learn from",
            "Give a file of captions with LABELS=, or loosen `captions: texts: ng_words:`; if text"
            " files beside the pictures were taken for tags, SET=labels.sidecars=texts; or keep"
            f" more pictures: {len(dropped):,} are dropped",
        )
    spelling = msgspec.structs.asdict(config.normalization)
    spelled = [normalize(label.value, **spelling) for label in kept]
    language = detect_language(spelled) if config.language == "auto" else config.language
    splitter = make_splitter(language, config.dictionary, config.user_dictionary)
    out = _held_out(inputs["frames"], names, kept, config)
    texts = []
    for label, text in zip(kept, spelled, strict=True):
        frame = frame_of[label.picture]
        words, parts = splitter.split(text)
        texts.append(
            CaptionText(
                frame=frame,
                picture=label.picture,
                text=label.value,
                words=words,
                parts=parts,
                rating=label.weight,
                held_out=bool(out[frame]),
                file=label.file,
                number=label.number,
            )
        )
    write_texts(outputs["texts"], texts)
    captioned = {text.frame for text in texts}
    kept_back = len({text.frame for text in texts if text.held_out})
    left_out = len(labels) - len(texts)
    return (
        f"{counted(len(texts), 'caption')} of {counted(len(captioned), 'picture')},"
        f" {kept_back:,} of them held out"
        + f"; {left_out:,} with NG words or without a picture left out" * bool(left_out)
        + f"; {len(said) - len(labels):,} of pictures that labels or clusters drop"
        * (len(labels) < len(said))
    )


def _held_out(frames: Path, names: Sequence[str], labels: Sequence[Label], config: Config) -> Bools:
    """(frames,) what is held out: as the files say, or else by the settings."""
    import numpy as np

    from pipeline.pictures.frames_file import Frames
    from pipeline.pictures.held_out import held_out

    rows = Frames.load(frames).row
    if any(label.split in ("dev", "test") for label in labels):
        told = {label.picture for label in labels if label.split in ("dev", "test")}
        chosen = np.array([name in told for name in names])
        return np.isin(rows, rows[chosen])
    captioned = {label.picture for label in labels}
    places = np.array([place for place, name in enumerate(names) if name in captioned], np.int64)
    out = np.zeros(len(names), bool)
    of_these = [names[place] for place in places.tolist()]
    out[places] = held_out(of_these, rows[places], config.held_out, config.seed)
    return out


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    return Expected(
        seconds=amounts["labels"] * 4e-5,
        bytes=amounts["labels"] * 250,
        amounts={"captions": amounts["labels"]},
    )


def measure(outputs: Files) -> Amounts:
    """Count the captions."""
    from pipeline.runtime.json_lines import count_lines

    return {"captions": count_lines(outputs["texts"])}


def without(settings: Mapping[str, Any]) -> Collection[str]:
    """Clusters are needed to learn from what they keep."""
    return () if settings.get("learn_from") == "kept" else ("kept",)


STAGE = Stage(
    inputs={
        "labels": "{item}/labels.jsonl",
        "frames": "{item}/frames.h5",
        "kept": "{item}/keep.jsonl",
    },
    without=without,
    outputs={"texts": "{item}/texts.jsonl"},
    config=Config,
    run=run,
    check=check,
    expect=expect,
    measure=measure,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
