"""Files in any state: they give labels that can be written, or a clear error, in bounded memory."""

from __future__ import annotations

import gc
import gzip
import json
import random
import sqlite3
import tracemalloc
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.labels.importing import LabelImport
from pipeline.labels.reading import all_readers, read_labels
from pipeline.labels.record import Label
from pipeline.reading.content import Content
from pipeline.runtime.errors import PipelineError
from tests.reading.conftest import WriteFile

ROWS = range(40)
BOX = {"x": 0, "y": 0, "width": 1, "height": 1, "rotation": 0, "rectanglelabels": ["x"]}
RESULT = {"type": "rectanglelabels", "value": BOX}
VOC = (
    "<object><name>x</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax>"
    "</bndbox></object>\n"
)
CVAT = '<box label="x" xtl="0" ytl="0" xbr="1" ybr="1"/>\n'
FORMATS: dict[str, str] = {
    "CSV": "image,caption\n" + "".join(f'{n}.jpg,"text, {n}"\n' for n in ROWS),
    "CSV without a header": "".join(f"{n}.jpg\ttext, {n}\n" for n in ROWS),
    "caption contest CSV": "rank,funny,count,score,contest,caption\n"
    + "".join(f"{n},1,2,1.5,510,text {n}\n" for n in ROWS),
    "Bokete CSV": "number,image_url,bokes\n"
    + "".join(f"{n},http://x/{n}.jpg,\"[{{'text': 'a', 'star': 1}}]\"\n" for n in ROWS),
    "Flickr8k text": "".join(f"{n}.jpg#0\ttext {n}\n" for n in ROWS),
    "list of domains": "".join(f"{n}.jpg style-{n % 3}\n" for n in ROWS),
    "CSV of domains": "file,domain\n" + "".join(f"{n}.jpg,style {n % 3}\n" for n in ROWS),
    "CSV of pictures to keep": "file,keep\n" + "".join(f"{n}.jpg,yes\n" for n in ROWS),
    "CSV of attributes": "image_id,Hat,Tie\n" + "".join(f"{n}.jpg,1,-1\n" for n in ROWS),
    "CelebA's attributes": "40\nHat Tie\n" + "".join(f"{n}.jpg  1 -1\n" for n in ROWS),
    "list of scores": "".join(f"{n}.jpg {n / 7:.3f}\n" for n in ROWS),
    "JSON or JSON Lines": "".join(f'{{"file_name": "{n}.jpg", "text": "{n}"}}\n' for n in ROWS),
    "labels JSON Lines": "".join(
        f'{{"picture": "{n}.jpg", "kind": "text", "value": "{n}"}}\n' for n in ROWS
    ),
    "COCO JSON": json.dumps(
        {
            "images": [{"id": n, "file_name": f"{n}.jpg"} for n in ROWS],
            "annotations": [{"image_id": n, "caption": f"{n}"} for n in ROWS],
        }
    ),
    "Karpathy's JSON": json.dumps(
        {"images": [{"filename": f"{n}.jpg", "sentences": [{"raw": "x"}]} for n in ROWS]}
    ),
    "Bokete JSON": json.dumps(
        [{"number": n, "image_url": ["http://x/a.jpg"], "bokes": [{"text": "x"}]} for n in ROWS]
    ),
    "Oogiri-GO JSON Lines": "".join(
        json.dumps({"type": "I2T", "question": None, "image": str(n), "text": "x", "star": n})
        + "\n"
        for n in ROWS
    ),
    "ImgFlip JSON": json.dumps(
        [{"url": f"http://x/{n}.jpg", "post": "p", "metadata": {}, "boxes": ["x"]} for n in ROWS]
    ),
}


FORMATS |= {
    "Danbooru JSON": "".join(
        json.dumps({"id": n, "tag_string": "x", "md5": f"{n:032x}"}) + "\n" for n in ROWS
    ),
    "JSON by picture": json.dumps({f"{n}.jpg": {"general": {"x": n / 40}} for n in ROWS}),
}


FORMATS |= {
    "YOLO text": "".join(f"{n % 3} 0.5 0.5 0.{n + 10} 0.1\n" for n in ROWS),
    "COCO results JSON": json.dumps(
        [{"image_id": n, "category_id": 1, "bbox": [0, 0, 1, 1], "score": 0.5} for n in ROWS]
    ),
    "Label Studio JSON": json.dumps(
        [
            {
                "data": {"image": f"{n}.jpg"},
                "annotations": [{"result": [RESULT]}],
            }
            for n in ROWS
        ]
    ),
    "Pascal VOC XML": f"<annotation>{VOC * len(ROWS)}</annotation>",
    "CVAT XML": "<annotations><version>1.1</version>"
    + "".join(f'<image name="{n}.jpg" width="9" height="9">{CVAT}</image>' for n in ROWS)
    + "</annotations>",
    "AVA text": "".join(f"{n} {n} 0 0 0 1 2 3 4 0 0 0 0 0 1\n" for n in ROWS),
}


def database() -> bytes:
    """A project of DeepDanbooru."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE posts (id INTEGER, md5 TEXT, tag_string TEXT)")
        rows = [(n, f"{n:032x}", "1girl rating:safe") for n in ROWS]
        connection.executemany("INSERT INTO posts VALUES (?, ?, ?)", rows)
        connection.commit()
        return connection.serialize()


def test_every_format_is_tried_here() -> None:
    formats = {reader.format for reader in all_readers()}
    assert {*FORMATS, "DeepDanbooru SQLite"} == formats


def test_a_damaged_database_gives_what_there_is_or_a_clear_error(write_file: WriteFile) -> None:
    content = database()
    assert len(list(read_labels(write_file(content)))) == 2 * len(ROWS)
    chance = random.Random(7)
    for _ in range(40):
        read_anything(write_file(content[: chance.randrange(len(content))]))
        damaged = bytearray(content)
        for _ in range(20):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        read_anything(write_file(bytes(damaged)))


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_recognised_by_one_reader_however_it_is_packed(
    write_file: WriteFile, name: str
) -> None:
    for packed in (
        FORMATS[name].encode(),
        FORMATS[name].encode("utf-16"),
        FORMATS[name].encode("utf-8-sig"),
        gzip.compress(FORMATS[name].encode()),
        FORMATS[name].replace("\n", "\r\n").encode(),
    ):
        path = write_file(packed)
        content = Content.open(path)
        found = sorted(reader.confidence(content) for reader in all_readers())
        assert found[-1] > found[-2]
        file = read_labels(path)
        assert len(list(file)) == len(ROWS)
        assert file.report.result().format == name
        assert file.report.result().dropped == []


def read_anything(path: Path) -> None:
    """Labels that can be written, all accounted for, or a clear error."""
    try:
        file = read_labels(path)
        labels = list(file)
        list(LabelImport([path], ["1.jpg", "a/2.jpg"], (), {"1.jpg": (9, 9)}))
    except PipelineError:
        return
    assert len(labels) == file.report.kept
    for label in labels:
        assert msgspec.json.decode(msgspec.json.encode(label), type=Label) == label


@pytest.mark.parametrize("name", FORMATS)
def test_torn_and_damaged_files_give_what_there_is_or_a_clear_error(
    write_file: WriteFile, name: str
) -> None:
    content = FORMATS[name].encode()
    chance = random.Random(7)
    for _ in range(25):
        cut = chance.randrange(len(content))
        read_anything(write_file(content[:cut]))
        shuffled = bytearray(content)
        part = shuffled[cut : cut + 40]
        chance.shuffle(part)
        shuffled[cut : cut + 40] = part
        read_anything(write_file(bytes(shuffled)))
        damaged = bytearray(content)
        for _ in range(5):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        read_anything(write_file(bytes(damaged)))


_PIECES = st.sampled_from(
    [
        *(b"image,caption\n", b"contest,caption,score,rank\n", b"bokes,image_url\n", b"a.jpg"),
        *(b'"', b",", b"\t", b"\n", b"#0\t", b"|", b" 2.5\n", b"sep=;\n", b'"[[[[{{{"', b"'''"),
        *(b'{"file_name": "1.jpg", "text": ', b'{"images": [', b'], "annotations": [', b"{", b"}"),
        *(b'{"image_id": 1, "caption": "x"}', b'{"id": 1, "file_name": "1.jpg"}', b"["),
        *(b'"sentences": [', b'"filename": ', b'{"picture": "1.jpg", "kind": "text"', b"null"),
        *(b'"bokes": {}', b'"boxes": 5, "url": [], "metadata": []', b"1e999", b"\\ud800", b"\x00"),
        *(
            b"file,domain\n",
            b"image_id,Hat,Tie\n",
            b"3\nHat Tie\n",
            b"1.jpg  1 -1\n",
            b"1.jpg noto\n",
        ),
        *(b'"tag_string": "a ', b'"tags": [["a", 0.5], {"name": ', b'{"1.jpg": {"general": {"a": '),
        *(b"<annotation>", b"<object>", VOC.encode(), b"</annotation>", b"<annotations>", b"&a;"),
        *(b'<image name="1.jpg">', CVAT.encode(), b'<track label="x">', b"</track>", b"<a"),
        *(b'<box frame="5" xtl="0" ytl="0" xbr="1" ybr="1" outside="0"/>', b"</image>", b"]]>"),
        *(
            b"0 0.5 0.5 0.1 0.1\n",
            b"0 0.1 0.1 0.2 0.2 0.3 0.3 0.9\n",
            b"image,xmin,ymin,xmax,ymax\n",
        ),
        *(b'{"image_id": 1, "bbox": [0, 0, 1, 1]}', b'"categories": [', b'"annotation_id": 1'),
        *(
            b'"data": {"image": ',
            b'"annotations": [{"result": [{"type": "rectanglelabels"',
            b"points",
        ),
        *(b'"rating": "s"', b"file,tags,rating\n", b"SQLite format 3\x00"),
        *(b'"type": {}, "question": 1, "image": [], "text": {}', b"\xff\xfe", b"-" * 9),
    ]
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(_PIECES | st.binary(max_size=6), max_size=14).map(b"".join))
def test_any_bytes_give_labels_or_a_clear_error(write_file: WriteFile, content: bytes) -> None:
    read_anything(write_file(content))


@pytest.mark.parametrize(
    "value",
    ["null", "[]", "{}", "5", "1e999", "true", '"\\ud800"', '[["a"]]', '[{"text": {}}]', '"  "'],
)
@pytest.mark.parametrize("name", [name for name in FORMATS if "JSON" in name])
def test_values_of_any_type_stand_in_any_place(
    write_file: WriteFile, name: str, value: str
) -> None:
    text = FORMATS[name]
    for old in ('"0.jpg"', '"0"', '"x"', '"http://x/0.jpg"', '["http://x/a.jpg"]', "0", "{}"):
        read_anything(write_file(text.replace(f": {old}", f": {value}", 1)))


LARGE = {
    "CSV": ("image,caption\n", f"1.jpg,{'x' * 500}\n", ""),
    "Flickr8k text": ("", f"1.jpg#0\t{'x' * 500}\n", ""),
    "JSON or JSON Lines": ("", f'{{"file_name": "1.jpg", "text": "{"x" * 500}"}}\n', ""),
    "Danbooru JSON": ("", f'{{"id": 1, "tag_string": "{"x" * 500}"}}\n', ""),
    "JSON by picture": (
        '{"0.jpg": {"general": {}}',
        f', "1.jpg": {{"general": {{"{"x" * 500}": 1}}}}',
        "}",
    ),
    "Karpathy's JSON": (
        '{"images": [0',
        f', {{"filename": "1.jpg", "sentences": [{{"raw": "{"x" * 500}"}}]}}',
        "]}",
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_memory_does_not_grow_with_the_file(write_file: WriteFile, name: str) -> None:
    begin, record, end = LARGE[name]
    path = write_file(begin + record * 12_000 + end)
    size = path.stat().st_size
    gc.collect()
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_labels(path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 12_000
    assert peak < size / 2


BOXES = {
    "YOLO text": ("", "0 0.5 0.5 0.1 0.1\n", ""),
    "COCO JSON": (
        '{"images": [{"id": 1, "file_name": "1.jpg"}], "annotations": [0',
        ',\n{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}',
        "]}",
    ),
    "CVAT XML": (
        "<annotations><version>1.1</version>",
        f'<image name="1.jpg" width="9" height="9">{CVAT}</image>\n',
        "</annotations>",
    ),
}


@pytest.mark.parametrize("name", BOXES)
def test_many_boxes_are_read_in_bounded_memory(write_file: WriteFile, name: str) -> None:
    begin, record, end = BOXES[name]
    path = write_file(begin + record * 15_000 + end)  # 6 MB and more as labels
    gc.collect()
    tracemalloc.start()
    try:
        count = sum(label.box is not None for label in read_labels(path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 15_000
    assert peak < 4 << 20


def test_a_deep_cell_ends_in_no_crash(write_file: WriteFile) -> None:
    for cell in ("[" * 50_000, "[" + "-" * 50_000 + "1]", "[" + "{1:" * 9_000, "[1" + "+1j" * 9000):
        read_anything(write_file(f"image_url,bokes\nhttp://x/a.jpg,{cell}\n"))
