"""The article's figures beside those of a model that is built as its own."""

import pytest

from pipeline.captioning.training_record import Epoch
from pipeline.danmaku.sections.model.article import article_rows
from pipeline.danmaku.sections.model.section import WEB
from pipeline.report.language import Phrases
from tests.training import training_record


@pytest.mark.parametrize(("tap", "best", "ms"), [("conv5_3", 25, 997), ("relu7", 19, 299)])
def test_each_figure_of_the_article_stands_beside_ours(tap: str, best: int, ms: int) -> None:
    epochs = [Epoch(3, 3, 0, seconds, 10, 99) for seconds in (4.0, 5.0, 60.0)]
    rows = {
        row.name: (row.said, row.found)
        for row in article_rows(training_record(tap=tap, epochs=epochs, best_epoch=2))
    }
    assert rows["frames"] == (42_469, 3)
    assert rows["comments"] == (427_364, 6)
    assert rows["unique_in_both"] == (9_105, 12)
    assert rows["best_epoch"] == (best, 2)
    assert rows["epoch_seconds"][1] == 5
    assert rows["step_ms"] == (ms, 500)
    assert {f"article.{name}" for name in rows} <= Phrases.load([WEB]).keys()


@pytest.mark.parametrize(
    "changes", [{"backbone": "vgg16"}, {"decoder": "transformer"}, {"tap": "pool5"}]
)
def test_another_captioner_is_not_compared(changes: dict[str, str]) -> None:
    assert article_rows(training_record(**changes)) == []
