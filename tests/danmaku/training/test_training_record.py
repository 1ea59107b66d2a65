from pathlib import Path

from pipeline.captioning.training_record import Epoch
from pipeline.danmaku.statistics.split import Split
from pipeline.danmaku.training.training_record import CommentTable, TrainingRecord
from pipeline.text.vocabulary import Vocabulary
from tests.aligned import aligned

VOCABULARY = Vocabulary(
    words=["a", "b"], counts=[3, 2], parts=["名詞"] * 2, symbols=[False] * 2, distinct=3, total=6
)


def table() -> CommentTable:
    first = aligned(
        time_ms=[0, 0, 0, 1],
        words=[["a"], ["a"], ["a", "b"], ["c"]],
        frame=[0, 0, 0, 2],
        dev=[False, True, False, True],
        frames=4,
    )
    second = aligned(time_ms=[5], words=[["a"]], frames=2)
    return CommentTable.from_videos([first, second], VOCABULARY)


def test_the_table_counts_comments_and_frames() -> None:
    assert table() == CommentTable(
        distinct_words=3,
        kept_words=2,
        frames=6,
        silent_frames=3,
        max_on_a_frame=3,
        split=Split(
            comments=5,
            unique=3,
            train=3,
            train_unique=2,
            dev=2,
            dev_unique=2,
            unique_in_both=1,
        ),
    )


def test_a_record_reads_back(tmp_path: Path) -> None:
    record = TrainingRecord(
        videos=["猫"],
        fingerprints=["00ff"],
        decoder="lstm",
        attention="additive",
        backbone="vgg19",
        weights="imagenet",
        tap="conv5_3",
        device="cpu",
        processes=1,
        table=table(),
        epochs=[Epoch(3.5, 3.25, 0.25, 0.5, 7, 99)],
        best_epoch=1,
        dev_nll=3.25,
        dev_nll_shuffled=3.5,
        dev_nll_unigram=4.0,
    )
    record.save(tmp_path / "training.json")
    assert TrainingRecord.load(tmp_path / "training.json") == record
