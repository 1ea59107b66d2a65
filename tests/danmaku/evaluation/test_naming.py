import pytest

from pipeline.danmaku.evaluation.evaluation_file import Naming
from pipeline.danmaku.evaluation.naming import measure_naming, names_present
from pipeline.text.vocabulary import Vocabulary
from tests.danmaku.evaluation.episodes import CAST, comment, truth

VOCABULARY = Vocabulary(
    words=["タマ", "ミオ", "草"],
    counts=[9, 5, 2],
    parts=["名詞"] * 3,
    symbols=[False] * 3,
    distinct=3,
    total=16,
)


def measured(*written: tuple[int, str]) -> Naming:
    """Comments by frame and text, in an episode of ミオ and ポチ, then of タマ, then of nobody.

    A scene lasts twenty frames.
    """
    shown = {"ミオ": (0, 100), "ポチ": (0, 100), "タマ": (100, 200)}
    episode = truth(shown, cuts=tuple(range(20, 300, 20)))
    found = measure_naming([comment(frame, text) for frame, text in written], episode, VOCABULARY)
    assert found is not None
    return found


def test_names_of_those_on_screen_are_right() -> None:
    found = measured((5, "ミオきた"), (50, "ポチ!"), (150, "タマ"), (150, "クロ"), (5, "草"))
    assert found.names == 4
    assert found.model.mean == 3 / 4


def test_where_nobody_is_names_do_not_count() -> None:
    assert measured((5, "ミオ"), (250, "ミオ")).names == 1


def test_a_comment_with_two_names_counts_twice() -> None:
    found = measured((5, "ミオとタマ"))
    assert (found.names, found.model.mean) == (2, 0.5)


def test_the_baselines_without_pictures_have_their_definitions() -> None:
    found = measured((5, "ミオ"), (150, "ミオ"), (150, "タマ"))
    moments = [{"ミオ", "ポチ"}, {"タマ"}, {"タマ"}]
    assert found.chance == pytest.approx(sum(len(m) for m in moments) / (3 * len(CAST)))
    assert found.popularity == pytest.approx(2 / 3)  # タマ
    # Each name at each moment: ミオ is right at one of three, タマ at two.
    assert found.shuffled == pytest.approx((1 / 3 + 1 / 3 + 2 / 3) / 3)


def test_without_names_there_is_nothing_to_measure() -> None:
    episode = truth({"ミオ": (0, 100)}, cuts=())
    assert measure_naming([comment(5, "草")], episode, VOCABULARY) is None


def test_the_model_beats_all_only_with_all_its_interval() -> None:
    often = [(frame, "ミオ" if frame < 100 else "タマ") for frame in range(0, 200, 5)]
    assert measured(*often).beats_all
    assert not measured((5, "ミオ")).beats_all  # one scene says nothing of others


def test_each_comment_is_right_wrong_or_names_nobody() -> None:
    episode = truth({"ミオ": (0, 100), "ポチ": (0, 100)}, cuts=(20, 100))
    written = [(5, "ミオとポチ"), (5, "ミオとクロ"), (5, "草"), (250, "ミオ")]
    comments = [comment(frame, text) for frame, text in written]
    assert names_present(comments, episode) == [True, False, None, None]
