"""Taggers in ONNX files, as their makers publish them: beside the network lies a list of tags."""
