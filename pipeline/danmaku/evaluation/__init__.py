"""How good a model is at writing comments, compared with baselines that never see a picture."""
