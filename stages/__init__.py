"""One module for each stage; dropping in a new one gives it a rule and a command line."""
