"""The inputs of comments that a model has written."""

import numpy as np
import pytest

from pipeline.danmaku.training.inputs import inputs_of_generated
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.vocabulary import PADDING
from tests.attending import captioner, comment, frames


def test_inputs_know_what_viewers_would_write_and_the_comments_before() -> None:
    comments = [
        comment(2100, "c", viewers=7),
        comment(100, "a", viewers=3),
        comment(1900, "b"),
        comment(2900, "d", viewers=7),
    ]
    spec = captioner("transformer", "dot").spec
    inputs = inputs_of_generated(
        comments, [[6], [4], [5, 5], [4]], np.array([3, 1]), frames(15), spec
    )
    assert inputs.picture.tolist() == [14, 0]
    assert inputs.facts[:, 3] == pytest.approx(np.log1p([7, 3]))
    assert inputs.context[0, -2:, :2].tolist() == [[4, PADDING], [5, 5]]
    assert (inputs.context[1] == PADDING).all()


def test_a_comment_past_the_end_belongs_to_the_last_second() -> None:
    comments = [comment(0, "a"), comment(2500, "b"), comment(9999, "c", frame=14, viewers=2)]
    inputs = inputs_of_generated(comments, [[4]] * 3, np.arange(3), frames(15), captioner().spec)
    assert inputs.facts[:, 3] == pytest.approx(np.log1p([1, 2, 2]))


@pytest.mark.parametrize("frame", [-1, 4])
def test_a_frame_that_is_not_there_is_refused(frame: int) -> None:
    comments = [comment(0, "a", frame=frame)]
    with pytest.raises(PipelineError) as caught:
        inputs_of_generated(comments, [[4]], np.arange(1), frames(4), captioner().spec)
    assert caught.value.code == ExitCode.BAD_ARTIFACT
    assert f"frame {frame} of 4" in caught.value.problem
