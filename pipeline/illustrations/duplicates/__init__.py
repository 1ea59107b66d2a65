"""Near duplicates: the same picture encoded again, cut off a little at the edges, or mirrored."""
