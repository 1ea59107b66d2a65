"""What a settings file says of videos and pictures."""

from pathlib import Path

import pytest

from pipeline.engine.catalog import stage_configs
from pipeline.engine.settings import load_settings
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.settings import TopLevel, VideoEntry, VideoSettings


def annotated(folder: Path, entry: str) -> VideoEntry:
    path = folder / "my.yaml"
    path.write_text(f"videos:\n  annotate:\n    - {entry}\n")
    videos: VideoSettings = load_settings(path, stage_configs(), TopLevel(), []).general
    (found,) = videos.annotate
    return found


def test_pictures_and_their_labels_are_relative_to_the_file(tmp_path: Path) -> None:
    found = annotated(tmp_path, "{pictures: album, labels: said.csv}")
    assert found.stills
    assert found.video == str(tmp_path / "album")
    assert found.labels == [str(tmp_path / "said.csv")]
    assert found.place == f"{tmp_path / 'my.yaml'}:3"


def test_several_label_files_keep_their_order(tmp_path: Path) -> None:
    found = annotated(tmp_path, "{pictures: album, labels: [b.csv, /a.csv], comments: c.xml}")
    assert found.labels == [str(tmp_path / "b.csv"), "/a.csv"]
    assert found.comments == [str(tmp_path / "c.xml")]


@pytest.mark.parametrize("entry", ["ep1.mp4", "{video: ep1.mp4}"])
def test_a_video_is_no_pictures(tmp_path: Path, entry: str) -> None:
    assert not annotated(tmp_path, entry).stills


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("{pictures: album, video: ep1.mp4}", ExitCode.INVALID_SETTING),
        ("{labels: said.csv}", ExitCode.INVALID_SETTING),
        ("{}", ExitCode.INVALID_SETTING),
        ("{pictures: ''}", ExitCode.INVALID_SETTING),
        ("{pictures: album, captions: said.csv}", ExitCode.UNKNOWN_SETTING),
        ("{picture: album}", ExitCode.UNKNOWN_SETTING),
    ],
)
def test_a_wrong_entry_is_told_with_its_line(tmp_path: Path, entry: str, code: ExitCode) -> None:
    with pytest.raises(PipelineError, match=r"my\.yaml:3") as caught:
        annotated(tmp_path, entry)
    assert caught.value.code == code
