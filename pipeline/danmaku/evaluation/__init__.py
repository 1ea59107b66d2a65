"""How good a model is at writing comments, beside baselines that never see a picture."""
