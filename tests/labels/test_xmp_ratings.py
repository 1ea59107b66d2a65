"""Ratings that lie in pictures and in XMP files beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pipeline.labels.importing import LabelImport
from pipeline.labels.xmp_ratings import XmpRatings, rating_in

AS_ATTRIBUTE = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="{}"/>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
AS_ELEMENT = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>image/png</dc:format>
</rdf:Description><rdf:Description xmlns:xap="http://ns.adobe.com/xap/1.0/">
<xap:Label>Red</xap:Label><xap:Rating>
  {}</xap:Rating></rdf:Description></rdf:RDF></x:xmpmeta>"""


@pytest.mark.parametrize("form", [AS_ATTRIBUTE, AS_ELEMENT])
@pytest.mark.parametrize(("text", "rating"), [("5", 5), ("-1", -1), ("3.5", 3.5), ("+2", 2)])
def test_a_rating_is_an_attribute_or_an_element_of_any_prefix(
    form: str, text: str, rating: float
) -> None:
    assert rating_in(form.format(text).encode()) == rating
    assert rating_in(form.format(text).encode("utf-16")) == rating


@pytest.mark.parametrize(
    "packet",
    [
        *("", "no XML", "<a/>", AS_ATTRIBUTE.format(""), AS_ATTRIBUTE.format("five")),
        AS_ATTRIBUTE.format("3").replace("xap/1.0/", "other/1.0/"),
        AS_ATTRIBUTE.format("&a;").replace("<x:x", '<!DOCTYPE a [<!ENTITY a "3">]><x:x', 1),
    ],
)
def test_anything_else_is_no_rating(packet: str) -> None:
    assert rating_in(packet.encode()) is None


def test_what_comes_before_damage_counts() -> None:
    assert rating_in(AS_ATTRIBUTE.format(4).encode()[:-35]) == 4


def rated(path: Path, rating: object) -> None:
    path.parent.mkdir(exist_ok=True)
    text = AS_ATTRIBUTE.format(rating)
    inside = PngInfo()
    inside.add_itxt("XML:com.adobe.xmp", text)
    how = {"png": {"pnginfo": inside}, "tif": {"tiffinfo": {700: text.encode()}}}
    kind = path.suffix[1:]
    Image.new("RGB", (4, 4)).save(path, **how.get(kind, {"xmp": text.encode()}))  # type: ignore[arg-type]


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif", "avif"])
def test_pictures_of_any_kind_hold_ratings(tmp_path: Path, ending: str) -> None:
    rated(tmp_path / f"a.{ending}", 4)

    (label,) = XmpRatings(tmp_path)
    assert (label.picture, label.kind, label.weight) == (f"a.{ending}", "score", 4)


def test_a_file_beside_a_picture_wins_however_it_is_called(tmp_path: Path) -> None:
    for name in ("adobe.jpg", "below/darktable.jpg", "plain.jpg", "unrated.jpg", "both.jpg"):
        rated(tmp_path / name, 2 if name != "unrated.jpg" else 0)
    (tmp_path / "adobe.xmp").write_text(AS_ELEMENT.format(5))
    (tmp_path / "below" / "darktable.jpg.XMP").write_text(AS_ELEMENT.format(-1))
    (tmp_path / "both.png").write_bytes(b"")
    (tmp_path / "both.xmp").write_text(AS_ELEMENT.format(1))
    ratings = XmpRatings(tmp_path)

    assert {label.picture: label.weight for label in ratings} == {
        **{"adobe.jpg": 5, "below/darktable.jpg": -1},
        **{"both.jpg": 2, "plain.jpg": 2},
    }
    report = ratings.report.result()
    assert [issue.reason for issue in report.dropped] == ["that say a picture is unrated"]
    assert "1 without a picture of their own: both.xmp" in report.notes
    assert any("both.png cannot be read" in note for note in report.notes)


def test_a_folder_of_rated_pictures_is_given_as_labels(tmp_path: Path) -> None:
    rated(tmp_path / "a.jpg", 3)
    rated(tmp_path / "b.jpg", 5)

    found = LabelImport([tmp_path], ["a.jpg", "b.jpg"])
    assert [(label.picture, label.weight) for label in found] == [("a.jpg", 3), ("b.jpg", 5)]
