"""Networks: backbones that see, and the captioner that speaks."""
