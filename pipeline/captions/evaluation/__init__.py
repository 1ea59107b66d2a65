"""How good a model of captions is: measures that compare its lines with what people wrote."""
