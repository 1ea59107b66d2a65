"""Packed files, whole, torn and hostile."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable

import pytest

from pipeline.danmaku.comments.reading import read_comments
from pipeline.reading.compression import decompressed, detect_compression
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.reading.conftest import WriteFile

CHATS = "".join(f'<chat vpos="{n}">コメント{n}</chat>\n' for n in range(3000))
XML = f"<packet>{CHATS}</packet>".encode()


def zipped(*files: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return file.getvalue()


def deflated(content: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(content) + stream.flush()


COMPRESSIONS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("gzip", lambda content: gzip.compress(content[:9000]) + gzip.compress(content[9000:])),
    ("gzip", lambda content: gzip.compress(content) + bytes(512)),
    ("zlib", zlib.compress),
    ("zlib", lambda content: zlib.compress(content, 1)),
    ("deflate", deflated),
    ("zip", lambda content: zipped(("a/b.xml", content))),
    ("zip", lambda content: zipped(("b.xml", content), ("__MACOSX/._b.xml", b"\0\5"))),
]


@pytest.mark.parametrize(("name", "pack"), COMPRESSIONS)
def test_compressed_files_are_read_like_plain_ones(
    write_file: WriteFile, name: str, pack: Callable[[bytes], bytes]
) -> None:
    plain = list(read_comments(write_file(XML)))
    file = read_comments(write_file(pack(XML)))
    assert list(file) == plain
    assert (file.report.result().compression, file.report.result().notes) == (name, [])


@pytest.mark.parametrize(("name", "pack"), COMPRESSIONS[:6])
def test_the_beginning_of_a_truncated_file_is_read_and_its_loss_reported(
    write_file: WriteFile, name: str, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(XML)
    file = read_comments(write_file(packed[: len(packed) // 2]))
    assert 100 < len(list(file)) < 3000
    (note,) = file.report.result().notes
    assert "cut short" in note


def test_a_file_in_another_encoding_may_be_compressed(write_file: WriteFile) -> None:
    file = read_comments(write_file(gzip.compress(XML.decode().encode("cp932"))))
    assert len(list(file)) == 3000
    assert file.report.result().encoding == "Shift_JIS"


@pytest.mark.parametrize(
    ("files", "words"),
    [([("a.xml", XML), ("b.xml", XML)], "2 files \\(a.xml, b.xml\\)"), ([], "0 files")],
)
def test_an_archive_of_several_files_is_refused_by_name(
    write_file: WriteFile, files: list[tuple[str, bytes]], words: str
) -> None:
    with pytest.raises(PipelineError, match=words) as caught:
        read_comments(write_file(zipped(*files)))
    assert caught.value.code == ExitCode.UNKNOWN_FORMAT


@pytest.mark.parametrize(("name", "pack"), [COMPRESSIONS[0], COMPRESSIONS[3], COMPRESSIONS[6]])
def test_a_bomb_is_not_decompressed(
    write_file: WriteFile, name: str, pack: Callable[[bytes], bytes]
) -> None:
    path = write_file(pack(b"<packet>" + b" " * (3 << 20)))
    assert detect_compression(path.read_bytes()) == name
    with pytest.raises(PipelineError, match="decompresses to more than 1 MiB") as caught:
        list(decompressed(path, name, max_bytes=1 << 20))
    assert caught.value.code == ExitCode.UNKNOWN_FORMAT


def test_a_signature_without_any_content_is_refused(write_file: WriteFile) -> None:
    for content in (b"\x1f\x8b\x08garbage", b"PK\x03\x04garbage"):
        with pytest.raises(PipelineError):
            list(read_comments(write_file(content)))
