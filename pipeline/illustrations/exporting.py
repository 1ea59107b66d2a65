"""The tags of pictures as labels, in the form in which trainers and other programs want them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.illustrations.picture_tags import PictureTags, Tag
from pipeline.labels.record import Label
from pipeline.labels.tag_names import same_tag, with_spaces


def labels_of(
    pictures: Iterable[PictureTags], first: Sequence[str], without: Sequence[str], spaces: bool
) -> Iterator[Label]:
    """Yield the tags of each picture: those that come ``first`` on all pictures, then its own.

    Its own are ``without`` some, whichever group these are of. ``spaces`` replace underscores.
    """
    given = [Tag(name=name, by="person") for name in first]
    left_out = set(map(same_tag, (*first, *without)))
    for picture in pictures:
        own = (tag for tag in picture.tags if same_tag(tag.name) not in left_out)
        for tag in (*given, *own):
            yield Label(
                picture=picture.picture,
                kind="tag",
                value=with_spaces(tag.name) if spaces else tag.name,
                group=tag.group,
                weight=tag.probability if tag.by == "model" else None,
                by=tag.by,
            )
