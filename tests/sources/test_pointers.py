from pathlib import Path

import pytest

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.pointers import CommentSources, Source, comment_sources, source_path


def test_a_pointer_reads_back(tmp_path: Path) -> None:
    source = Source("/films/猫 1.mp4", "0123456789abcdef")
    source.save(tmp_path / "source.video.json")
    assert Source.load(tmp_path / "source.video.json") == source


def test_a_path_is_found_through_its_pointer_or_as_it_is(tmp_path: Path) -> None:
    pointer = tmp_path / "source.video.json"
    Source("/films/a.mp4", "00").save(pointer)
    assert source_path(pointer) == Path("/films/a.mp4")
    assert source_path(Path("/films/b.mp4")) == Path("/films/b.mp4")


def test_comments_are_found_through_their_pointer_or_as_one_file(tmp_path: Path) -> None:
    pointer = tmp_path / "source.comments.json"
    sources = CommentSources([Source("/a.xml", "0"), Source("/b.json", "1")], "x", ["1:00-2:00"])
    sources.save(pointer)
    assert comment_sources(pointer) == sources
    assert [file.path for file in comment_sources(Path("/c.xml")).files] == ["/c.xml"]


@pytest.mark.parametrize("content", [b"", b"{}", b'{"path": "/a.xml", "fingerprint": "0"}'])
def test_a_pointer_of_another_version_is_told(tmp_path: Path, content: bytes) -> None:
    pointer = tmp_path / "source.comments.json"
    pointer.write_bytes(content)
    with pytest.raises(PipelineError, match="Delete it") as caught:
        comment_sources(pointer)
    assert caught.value.code == ExitCode.BAD_ARTIFACT
    assert str(pointer) in caught.value.problem
