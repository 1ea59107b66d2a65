import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.danmaku.alignment.delay_file import Delay
from pipeline.danmaku.comments.comments_file import TokenizedComment
from pipeline.danmaku.statistics.counting import Statistics, TextCount, Words
from pipeline.danmaku.statistics.split import Split
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.frames_file import Frames, writing_frames
from pipeline.reading.import_report_file import FileReport, ImportReport, Issue
from pipeline.runtime.json_lines import write_lines
from pipeline.text.vocabulary import Vocabulary
from tests.aligned import aligned

ROOT = Path(__file__).parents[3]
REAL = ROOT.parent / "shared" / "samples" / "comments" / "real" / "niconico_xml_sm60_1000.xml"

NOUN, VERB, MARK, UNIDIC_MARK = "名詞", "動詞", "記号", "補助記号"
PARTS = {"猫": NOUN, "犬": NOUN, "走る": VERB, "!": MARK, "。": UNIDIC_MARK, "!?": NOUN}


@dataclass
class Episode:
    """Comments as (milliseconds, words, frame, held out) and what a stage finds of them."""

    comments: Sequence[tuple[int, str, int, bool]]
    frames: Frames
    skipped: dict[int, TokenizedComment] = field(default_factory=dict)
    """Comments that were given no frame, by their line."""

    def save(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        lines = [worded(time, words.split()) for time, words, _, _ in self.comments]
        for place, comment in sorted(self.skipped.items()):
            lines.insert(place, comment)
        write_lines(folder / "comments.jsonl", lines)
        times, words, frame, dev = zip(*self.comments, strict=True)
        table = aligned(
            times,
            words=[w.split() for w in words],
            frame=frame,
            dev=dev,
            frames=len(self.frames.row),
        )
        line = [number for number in range(len(lines)) if number not in self.skipped]
        replace(table, line=np.array(line), past_end=1, before_start=2).save(folder / "aligned.h5")

    def statistics(self, folder: Path) -> Statistics:
        self.save(folder)
        return Statistics.count(
            "ep1",
            self.frames,
            folder / "comments.jsonl",
            folder / "aligned.h5",
            SALVAGE,
            NO_DELAY,
            lambda number: b"picture %d" % number,
        )


def worded(time_ms: int, words: list[str]) -> TokenizedComment:
    parts = [PARTS.get(word, VERB) for word in words]
    return TokenizedComment(time_ms=time_ms, text="".join(words), words=words, parts=parts)


def ntsc(frames: int) -> Frames:
    return Frames(
        FrameTimes(np.arange(frames) * 1001, Fraction(1, 30000), frames * 1001),
        np.arange(frames),
        "ab",
        np.array([frames // 2]),
    )


EPISODE = Episode(
    [
        (-700, "猫 !", 0, False),
        (0, "猫 !", 0, True),
        (20, "犬 が 走る 。", 0, False),
        (1000, "猫", 29, False),
        (1010, "!? 猫", 30, True),
        (1020, "犬", 30, True),
        (1030, "犬", 30, True),
        (99_000, "猫 !", 59, False),
    ],
    ntsc(60),
    {0: worded(5, []), 4: worded(99_000, ["犬", "犬"])},
)


def ranked(**counts: int) -> list[TextCount]:
    return [TextCount(text, count) for text, count in counts.items()]


def test_comments_are_counted_as_by_hand(tmp_path: Path) -> None:
    found = EPISODE.statistics(tmp_path)
    assert found.split == Split(
        comments=8, unique=5, train=4, train_unique=3, dev=4, dev_unique=3, unique_in_both=1
    )
    assert found.most_frequent == [
        TextCount("猫!", 3),
        TextCount("犬", 2),
        *(TextCount(text, 1) for text in ("!?猫", "犬が走る。", "猫")),
    ]
    assert (found.past_end, found.before_start) == (1, 2)


def test_words_are_counted_as_by_hand(tmp_path: Path) -> None:
    words = EPISODE.statistics(tmp_path).words
    assert (words.tokens, words.distinct, words.once) == (15, 7, 4)
    assert words.most_frequent[:3] == [TextCount("猫", 5), TextCount("!", 3), TextCount("犬", 3)]
    assert words.without_symbols == ranked(猫=5, 犬=3, が=1, 走る=1)
    assert words.nouns == ranked(猫=5, 犬=3)
    # 5, 3 3, 1 1 1 1
    assert words.rank_frequency == [(1, 5), (2, 3), (3, 3), (4, 1), (7, 1)]


def test_frames_are_counted_as_by_hand(tmp_path: Path) -> None:
    found = EPISODE.statistics(tmp_path)
    assert (found.frames, found.silent_frames) == (60, 56)
    assert found.mean_per_frame == pytest.approx(8 / 60)
    # Frame 30 of NTSC begins at 1.001 s; of as many comments the earlier frame comes first.
    assert [(b.frame, b.time, b.comments) for b in found.busiest] == [
        (0, "0:00.000", 3),
        (30, "0:01.001", 3),
        (29, "0:00.968", 1),
        (59, "0:01.969", 1),
    ]
    assert [b.most_frequent for b in found.busiest[:2]] == [TextCount("猫!", 2), TextCount("犬", 2)]
    assert found.busiest[1].thumbnail == b"picture 30"


def test_seconds_leave_out_what_lies_outside_the_video(tmp_path: Path) -> None:
    found = EPISODE.statistics(tmp_path)
    assert found.duration == "0:02.002"
    assert found.per_second == [2, 4, 0]


@given(st.lists(st.tuples(st.integers(0, 8), st.booleans())))
def test_the_split_is_what_sets_say(comments: list[tuple[int, bool]]) -> None:
    train, dev = ([text for text, held_out in comments if held_out == side] for side in (0, 1))
    unique = np.array([text for text, _ in comments], np.int64)
    assert Split.count(unique, np.array([side for _, side in comments], bool)) == Split(
        comments=len(comments),
        unique=len({*train, *dev}),
        train=len(train),
        train_unique=len(set(train)),
        dev=len(dev),
        dev_unique=len(set(dev)),
        unique_in_both=len(set(train) & set(dev)),
    )


@given(st.lists(st.integers(1, 9), min_size=1))
def test_the_plot_passes_every_rank_and_frequency(frequencies: list[int]) -> None:
    words = words_of({(f"w{n}", NOUN): count for n, count in enumerate(frequencies)})
    ranks, corners = zip(*words.rank_frequency, strict=True)
    every = np.arange(1, len(frequencies) + 1)
    drawn = np.interp(every, ranks, corners)
    assert drawn.tolist() == sorted(frequencies, reverse=True)
    assert len(set(ranks)) == len(ranks) <= 2 * len(set(frequencies))


def words_of(tokens: dict[tuple[str, str], int]) -> Words:
    return Words.from_vocabulary(Vocabulary.from_counts(tokens, len(tokens)))


def test_a_word_is_listed_by_its_most_frequent_part() -> None:
    words = words_of({("走り", NOUN): 2, ("走り", VERB): 3, ("夢", NOUN): 4, ("夢", VERB): 1})
    assert words.most_frequent == words.without_symbols == ranked(夢=5, 走り=5)
    assert words.nouns == ranked(夢=5)


def test_the_most_frequent_are_twenty_with_ties_by_text() -> None:
    words = words_of({(chr(ord("a") + n), NOUN): 1 for n in reversed(range(26))})
    assert "".join(word.text for word in words.most_frequent) == "abcdefghijklmnopqrst"


@pytest.mark.skipif(not REAL.exists(), reason="needs the shared samples")
def test_a_real_file_has_the_numbers_of_a_plain_count(tmp_path: Path) -> None:
    chats = [
        (10 * int(chat.get("vpos", "0")), list("".join((chat.text or "").split())))
        for chat in etree.parse(REAL).getroot().iter("chat")
    ]
    chats = [(time, characters) for time, characters in chats if characters]
    frames = ntsc(9000)
    frame = frames.times.frames_at(np.array([time for time, _ in chats])).tolist()
    comments = [
        (time, " ".join(characters), on, on % 7 == 0)
        for (time, characters), on in zip(chats, frame, strict=True)
    ]
    found = Episode(comments, frames).statistics(tmp_path)

    texts = Counter("".join(characters) for _, characters in chats)
    characters = Counter(character for _, text in chats for character in text)
    on_frames = Counter(frame)
    assert found.split.comments == len(chats) > 900
    assert found.split.unique == len(texts)
    assert [entry.count for entry in found.most_frequent] == [n for _, n in texts.most_common(20)]
    assert (found.words.tokens, found.words.distinct) == (characters.total(), len(characters))
    assert [(w.text, w.count) for w in found.words.most_frequent[:3]] == characters.most_common(3)
    assert found.silent_frames == 9000 - len(on_frames)
    assert {(b.frame, b.comments) for b in found.busiest[:3]} == set(on_frames.most_common(3))
    assert sum(found.per_second) == sum(0 <= time < 300_300 for time, _ in chats)


SINGLE = Episode([(-5, "走る", 0, True), (0, "走る", 0, True), (10**9, "!", 0, True)], ntsc(1))


def test_one_frame_may_have_all_comments(tmp_path: Path) -> None:
    found = SINGLE.statistics(tmp_path)
    assert (found.frames, found.silent_frames, found.per_second) == (1, 0, [1])
    assert [(b.frame, b.comments) for b in found.busiest] == [(0, 3)]
    assert (found.split.train, found.split.train_unique, found.words.nouns) == (0, 0, [])


def test_equal_inputs_give_equal_bytes(tmp_path: Path) -> None:
    EPISODE.save(tmp_path)
    with writing_frames(tmp_path / "frames.h5", 8, fingerprint="ab") as writer:
        for number in range(60):
            writer.add(
                number * 1001, Fraction(1, 30000), np.zeros((8, 8, 3), np.uint8), number == 30
            )
            if writer.wants_thumbnail:
                writer.add_thumbnail(b"a picture")
    SALVAGE.save(tmp_path / "import_report.json")
    SOME_DELAY.save(tmp_path / "delay.json")
    made = []
    for seed in ("1", "2"):
        folder = tmp_path / seed / "ep1"
        pairs = [
            *(
                f"--input={name}={tmp_path / file}"
                for name, file in {
                    "import_report": "import_report.json",
                    "frames": "frames.h5",
                    "comments": "comments.jsonl",
                    "aligned": "aligned.h5",
                    "delay": "delay.json",
                }.items()
            ),
            f"--output=figures={folder / 'statistics.json'}",
        ]
        subprocess.run(
            [sys.executable, "-m", "stages.danmaku.statistics", *pairs],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            check=True,
        )
        made.append((folder / "statistics.json").read_bytes())
    assert made[0] == made[1]
    figures = msgspec.json.decode(made[0], type=Statistics)
    assert {busy.thumbnail for busy in figures.busiest} == {b"a picture"}
    busiest = [msgspec.structs.replace(busy, thumbnail=b"") for busy in figures.busiest]
    expected = EPISODE.statistics(tmp_path)
    assert busiest == [msgspec.structs.replace(busy, thumbnail=b"") for busy in expected.busiest]
    assert figures == msgspec.structs.replace(expected, delay=SOME_DELAY, busiest=figures.busiest)


SALVAGE = ImportReport(
    [FileReport("ep1.xml", "Niconico XML", 13, 10, [], [Issue("deleted", 3, "1-3")])], [], 10
)
NO_DELAY = Delay(False, 0, 0, 0, 0.0, [], tokens=5, cuts=0, log_likelihood_gain=0.0)
SOME_DELAY = Delay(
    estimated=True,
    median_ms=1200,
    low_ms=1100,
    high_ms=1310,
    log_std=0.4,
    distribution=[(0, 0.1), (1000, 0.6), (2000, 0.3)],
    tokens=500,
    cuts=9,
    log_likelihood_gain=0.1,
)
