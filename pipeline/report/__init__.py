"""Pages that open from disk: a page is a list of sections, which systems bring."""
