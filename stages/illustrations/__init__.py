"""The stages of illustrations: tags, similar pictures, and a map with pictures as points."""
