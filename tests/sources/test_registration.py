import os
from pathlib import Path

import pytest

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.file_digest import file_fingerprint
from pipeline.sources.pointers import (
    COMMENTS_POINTER,
    VIDEO_POINTER,
    CommentSources,
    Source,
)
from pipeline.sources.registration import register, video_name
from pipeline.sources.system import DANMAKU
from tests import clips

LONG_AGO = (10**18, 10**18)  # nanoseconds


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    return tmp_path / "workdir"


def film(folder: Path, content: str = "film", name: str = "a.mp4") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(content)
    return path


def comment_paths(workdir: Path) -> list[Path]:
    sources = CommentSources.load(workdir / "a" / COMMENTS_POINTER)
    return [Path(file.path) for file in sources.files]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("ep 01.mp4", "ep_01"),
        ("猫 & 犬 (#1).mkv", "猫_犬_1_"),
        ("ep.01.v2.mp4", "ep.01.v2"),
        ("-rf.mp4", "rf"),
        (".hidden.mp4", "hidden"),
        ("models.mp4", "models_"),
        ("logs.mp4", "logs_"),
        ("---.mp4", "_"),
        ("か\u3099.mp4", "が"),
        ("$(reboot);'\".mp4", "_reboot_"),
        ("{x}.mp4", "_x_"),
    ],
)
def test_names_are_stems_fit_for_any_shell(file: str, name: str) -> None:
    assert video_name(Path("/films") / file) == name


def test_a_video_and_the_comments_beside_it_are_pointed_to(tmp_path: Path, workdir: Path) -> None:
    video = film(tmp_path)
    comments = film(tmp_path, "<packet/>", "a.xml")
    assert register(workdir, video) == "a"
    assert Source.load(workdir / "a" / VIDEO_POINTER) == Source(
        str(video.resolve()), file_fingerprint(video)
    )
    assert comment_paths(workdir) == [comments]
    assert DANMAKU.labels.exist(workdir, "a")


@pytest.mark.parametrize("ending", [".xml", ".json", ".comments.json", ".jsonl"])
def test_comments_are_found_by_their_stem(tmp_path: Path, workdir: Path, ending: str) -> None:
    video = film(tmp_path, name="b.c.mp4")
    film(tmp_path, "[]", f"b.c{ending}")
    assert DANMAKU.labels.exist(workdir, register(workdir, video))


def test_a_video_without_comments_has_none(tmp_path: Path, workdir: Path) -> None:
    film(tmp_path, "[]", "other.json")
    assert not DANMAKU.labels.exist(workdir, register(workdir, film(tmp_path)))


def test_two_comment_files_of_one_stem_are_refused_unless_one_is_named(
    tmp_path: Path, workdir: Path
) -> None:
    video = film(tmp_path)
    first, second = film(tmp_path, "<packet/>", "a.xml"), film(tmp_path, "[]", "a.json")
    with pytest.raises(PipelineError) as caught:
        register(workdir, video)
    assert caught.value.code == ExitCode.NAME_TAKEN
    assert first.name in caught.value.problem
    assert second.name in caught.value.problem
    register(workdir, video, [second])
    assert comment_paths(workdir) == [second]


def test_named_comments_are_remembered(tmp_path: Path, workdir: Path) -> None:
    video, comments = film(tmp_path), film(tmp_path / "elsewhere", "[]", "x.json")
    register(workdir, video, [comments])
    film(tmp_path, "<packet/>", "a.xml")
    register(workdir, video)
    assert comment_paths(workdir) == [comments]


def test_nothing_is_written_for_an_unchanged_file(tmp_path: Path, workdir: Path) -> None:
    video, pointer = film(tmp_path), workdir / "a" / VIDEO_POINTER
    register(workdir, video)
    os.utime(pointer, ns=LONG_AGO)
    os.utime(video)
    register(workdir, video)
    assert pointer.stat().st_mtime_ns == LONG_AGO[1]


def test_a_file_that_moved_keeps_the_time_of_its_pointer(tmp_path: Path, workdir: Path) -> None:
    video, pointer = film(tmp_path), workdir / "a" / VIDEO_POINTER
    register(workdir, video)
    os.utime(pointer, ns=LONG_AGO)
    (tmp_path / "new").mkdir()
    moved = video.rename(tmp_path / "new" / "a.mp4")
    register(workdir, moved)
    assert Source.load(pointer).path == str(moved.resolve())
    assert pointer.stat().st_mtime_ns == LONG_AGO[1]


def test_changed_content_renews_the_pointer(tmp_path: Path, workdir: Path) -> None:
    video, pointer = film(tmp_path), workdir / "a" / VIDEO_POINTER
    register(workdir, video)
    os.utime(pointer, ns=LONG_AGO)
    film(tmp_path, "another film")
    register(workdir, video)
    assert Source.load(pointer).fingerprint == file_fingerprint(video)
    assert pointer.stat().st_mtime_ns > LONG_AGO[1]


def test_two_films_of_one_name_are_not_mixed(tmp_path: Path, workdir: Path) -> None:
    first, second = film(tmp_path / "1"), film(tmp_path / "2", "another film")
    register(workdir, first)
    with pytest.raises(PipelineError) as caught:
        register(workdir, second)
    assert caught.value.code == ExitCode.NAME_TAKEN
    assert Source.load(workdir / "a" / VIDEO_POINTER).path == str(first.resolve())


def test_a_copy_of_the_same_film_is_the_same_film(tmp_path: Path, workdir: Path) -> None:
    register(workdir, film(tmp_path / "1"))
    copy = film(tmp_path / "2")
    register(workdir, copy)
    assert Source.load(workdir / "a" / VIDEO_POINTER).path == str(copy.resolve())


def test_the_place_of_a_film_that_is_gone_may_be_taken(tmp_path: Path, workdir: Path) -> None:
    first = film(tmp_path / "1")
    register(workdir, first)
    first.unlink()
    register(workdir, film(tmp_path / "2", "another film"))


def test_missing_files_are_told(tmp_path: Path, workdir: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        register(workdir, tmp_path / "none.mp4")
    assert caught.value.code == ExitCode.VIDEO_MISSING
    with pytest.raises(PipelineError) as caught:
        register(workdir, film(tmp_path), [tmp_path / "none.xml"])
    assert caught.value.code == ExitCode.COMMENTS_MISSING
    assert not workdir.exists()


def test_several_comment_files_are_kept_in_their_order(tmp_path: Path, workdir: Path) -> None:
    video = film(tmp_path)
    files = [film(tmp_path, "[]", "z.json"), film(tmp_path, "<packet/>", "y.xml")]
    register(workdir, video, files)
    register(workdir, video)
    assert comment_paths(workdir) == files


ON_AIR = "2012-04-28T03:00+09:00"


def test_a_broadcast_stays_with_its_comments(tmp_path: Path, workdir: Path) -> None:
    video, log = film(tmp_path), film(tmp_path, "<chat/>", "1335549600.txt")
    register(workdir, video, [log], ON_AIR, ["10:00-11:30"])
    register(workdir, video)
    sources = CommentSources.load(workdir / "a" / COMMENTS_POINTER)
    assert (sources.broadcast, sources.cuts) == (ON_AIR, ["10:00-11:30"])
    register(workdir, video, [log])
    assert CommentSources.load(workdir / "a" / COMMENTS_POINTER).broadcast is None


def test_another_broadcast_renews_the_pointer(tmp_path: Path, workdir: Path) -> None:
    video, log = film(tmp_path), film(tmp_path, "<chat/>", "1335549600.txt")
    pointer = workdir / "a" / COMMENTS_POINTER
    register(workdir, video, [log], ON_AIR)
    os.utime(pointer, ns=LONG_AGO)
    register(workdir, video, [], ON_AIR)
    assert pointer.stat().st_mtime_ns == LONG_AGO[1]
    register(workdir, video, [], "2012-04-28T03:01+09:00")
    assert pointer.stat().st_mtime_ns > LONG_AGO[1]


def streams(folder: Path, name: str = "a.mkv", small: str = "64x48") -> Path:
    """A video of two picture streams; the larger one comes first."""
    path = folder / name
    both = (*clips.pictures("128x96"), *clips.pictures(small), "-map", "0", "-map", "1")
    clips.ffmpeg(*both, *clips.H264, path)
    return path


def chosen(pointer: Path) -> tuple[Path, int | None]:
    source = Source.load(pointer)
    return Path(source.path), source.stream


def test_a_picture_stream_stays_chosen_until_another_is(tmp_path: Path, workdir: Path) -> None:
    video, pointer = streams(tmp_path), workdir / "a" / VIDEO_POINTER
    register(workdir, video)
    os.utime(pointer, ns=LONG_AGO)
    register(workdir, video, stream="auto")
    assert pointer.stat().st_mtime_ns == LONG_AGO[1]
    register(workdir, video, stream=1)
    assert chosen(pointer) == (video, 1)
    assert pointer.stat().st_mtime_ns > LONG_AGO[1]
    os.utime(pointer, ns=LONG_AGO)
    register(workdir, video)
    assert chosen(pointer) == (video, 1)
    assert pointer.stat().st_mtime_ns == LONG_AGO[1]
    register(workdir, video, stream="auto")
    assert chosen(pointer) == (video, None)
    assert pointer.stat().st_mtime_ns > LONG_AGO[1]


def test_of_another_file_it_is_chosen_anew(tmp_path: Path, workdir: Path) -> None:
    register(workdir, streams(tmp_path), stream=1)
    register(workdir, streams(tmp_path, small="32x32"))
    assert Source.load(workdir / "a" / VIDEO_POINTER).stream is None


@pytest.mark.parametrize(
    ("place", "code"), [("", ExitCode.USAGE), ("my.yaml:3", ExitCode.INVALID_SETTING)]
)
def test_a_stream_without_pictures_is_refused_before_anything_is_written(
    tmp_path: Path, workdir: Path, place: str, code: ExitCode
) -> None:
    with pytest.raises(PipelineError, match=r"0 \(h264, 128×96\), 1 \(h264, 64×48\)") as caught:
        register(workdir, streams(tmp_path), stream=2, place=place)
    assert caught.value.code == code
    assert not workdir.exists()


def test_a_wrong_broadcast_is_refused_before_anything_is_written(
    tmp_path: Path, workdir: Path
) -> None:
    with pytest.raises(PipelineError, match="time zone"):
        register(workdir, film(tmp_path), [], "2012-04-28T03:00")
    assert not workdir.exists()
