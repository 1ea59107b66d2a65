import unicodedata
from collections import Counter
from fractions import Fraction
from itertools import product
from pathlib import Path

import natto
import numpy as np
import pytest
from lxml import etree

from pipeline.show import sayings
from pipeline.show.niconico import comments, to_xml
from pipeline.show.script import CAST, ENDING, OPENING, Script, write_script
from pipeline.show.spec import RATE, EpisodeSpec
from pipeline.show.truth import CommentTruth, Kind, Truth
from pipeline.show.viewers import MIN_DELAY_MS, Saying, reactions

SPEC = EpisodeSpec()


@pytest.fixture(scope="module")
def script() -> Script:
    return write_script(SPEC)


@pytest.fixture(scope="module")
def said(script: Script) -> list[Saying]:
    return reactions(SPEC, script)


def seen_by(script: Script, saying: Saying) -> set[str]:
    frame = int((saying.time_ms - saying.delay_ms) * RATE // 1000)
    return {role.name for role in script.on_screen(min(frame, script.frame_count - 1))}


def test_names_are_of_somebody_on_screen_at_the_moment_reacted_to(
    script: Script, said: list[Saying]
) -> None:
    for saying in said:
        if saying.kind in (Kind.NAME, Kind.ACTION):
            assert saying.about in seen_by(script, saying)
        if saying.kind is Kind.NAME:
            assert saying.about is not None
            assert saying.about in saying.text


def test_trolls_name_somebody_who_is_not_there(script: Script, said: list[Saying]) -> None:
    trolls = [saying for saying in said if saying.kind is Kind.TROLL]
    assert 0.01 < len(trolls) / len(said) < 0.08
    for troll in trolls:
        assert troll.about not in seen_by(script, troll)


def test_kinds_are_mixed_as_viewers_mix_them(said: list[Saying]) -> None:
    counts = Counter(saying.kind for saying in said)
    assert set(counts) == set(Kind)
    assert 0.38 < counts[Kind.NAME] / len(said) < 0.55
    named = [saying for saying in said if saying.kind is Kind.NAME]
    first = sum(saying.text.startswith(str(saying.about)) for saying in named)
    assert 0.4 < first / len(named) < 0.7


def test_there_are_as_many_as_asked_for_in_bursts(said: list[Saying]) -> None:
    assert len(said) / SPEC.seconds == pytest.approx(SPEC.comment_rate, rel=0.15)
    seconds = np.bincount([saying.time_ms // 1000 for saying in said], minlength=int(SPEC.seconds))
    assert seconds.max() > 2.5 * SPEC.comment_rate
    assert (seconds <= 2).any()


def test_delays_are_those_of_people(said: list[Saying]) -> None:
    delays = np.array([saying.delay_ms for saying in said])
    assert 1050 < np.median(delays) < 1350
    assert delays.min() >= MIN_DELAY_MS


def test_cards_are_greeted(script: Script, said: list[Saying]) -> None:
    for saying in said:
        if saying.kind is Kind.CARD:
            frame = int((saying.time_ms - saying.delay_ms) * RATE // 1000)
            assert script.scene_at(frame).place in (OPENING, ENDING)
    texts = {unicodedata.normalize("NFKC", saying.text) for saying in said}
    assert "おつ" in texts
    assert any(text.startswith("888") for text in texts)


def test_no_comments_can_be_asked_for(script: Script) -> None:
    assert reactions(EpisodeSpec(comment_rate=0), script) == []


def test_the_xml_says_what_the_viewers_said(said: list[Saying]) -> None:
    written = comments(SPEC, said)
    xml = to_xml(SPEC, written)
    assert xml == to_xml(SPEC, comments(SPEC, said))
    packet = etree.fromstring(xml)
    chats = packet.findall("chat")
    assert [int(chat.get("no", "")) for chat in chats] == list(range(1, len(said) + 1))
    dates = [int(chat.get("date", "")) for chat in chats]
    assert dates == sorted(dates)
    for chat, comment in zip(chats, written, strict=True):
        assert chat.text == comment.saying.text
        assert int(chat.get("vpos", "")) * 10 == comment.saying.time_ms
    mails = Counter(chat.get("mail") for chat in chats)
    assert mails["184"] + mails[""] > 0.7 * len(chats)


def test_the_truth_explains_every_comment_of_the_file(folder: Path) -> None:
    truth = Truth.load(folder / "nekomachi-01.truth.json")
    chats = etree.parse(folder / "nekomachi-01.xml").getroot().findall("chat")
    assert [(int(c.get("no", "")), int(c.get("vpos", "")) * 10) for c in chats] == [
        (comment.no, comment.time_ms) for comment in truth.comments
    ]
    named = [comment for comment in truth.comments if comment.kind is Kind.NAME]
    assert named
    assert all(comment.about in seen(truth, comment) for comment in named)
    trolls = [comment for comment in truth.comments if comment.kind is Kind.TROLL]
    assert all(comment.about not in seen(truth, comment) for comment in trolls)


def seen(truth: Truth, comment: CommentTruth) -> frozenset[str]:
    frame = (comment.time_ms - comment.delay_ms) * Fraction(truth.frame_rate) // 1000
    return truth.on_screen(min(max(frame, 0), truth.frame_count - 1))


def test_mecab_keeps_names_whole_in_every_saying(mecab: natto.MeCab) -> None:
    for name, template in product(CAST, sayings.NAME_FIRST + sayings.NAME_LATER):
        text = unicodedata.normalize("NFKC", template.format(name, name))
        tokens = [node.surface for node in mecab.parse(text, as_nodes=True)]
        assert tokens.count(name) == text.count(name), text
