"""Words: normalisation, MeCab and the vocabulary."""
