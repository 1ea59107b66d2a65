"""The verbs that know of nothing but stages and items, a file each."""
