import numpy as np

from pipeline.danmaku.alignment.tokens import frequent_tokens


def test_only_frequent_content_words_count() -> None:
    comments = [(1000, ["ミオ", "が", "www", "!", "猫"], ["名詞", "助詞", "名詞", "記号", "名詞"])]
    tokens = frequent_tokens([*comments * 8, (2500, ["rare"], ["名詞"])])
    assert tokens.words == 1
    assert tokens.time.tolist() == [1.0] * 8


def test_the_tokens_of_long_films_are_thinned_out_evenly() -> None:
    comments = [(time, ["ミオ"], ["名詞"]) for time in range(0, 24_000)]
    time = frequent_tokens(comments).time
    assert len(time) == 4000
    assert np.ptp(np.diff(time)) < 1e-9
