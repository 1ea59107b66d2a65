"""Search by pictures and tags, within one collection or several."""
