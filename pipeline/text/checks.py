"""What splitting text into words needs."""

from __future__ import annotations

from pipeline.runtime.checks import Check


def _mecab() -> str:
    from pipeline.text.mecab import MecabSplitter, bundled_library, dictionary_folder

    words, _ = MecabSplitter("ipadic").split("野次馬が来た")
    return (
        f"{'|'.join(words)} by {bundled_library().name}, dictionary {dictionary_folder('ipadic')}"
    )


CHECKS = [Check("MeCab", _mecab)]
