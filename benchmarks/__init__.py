"""What the stages cost beside peers and ceilings; one command each, `make bench` runs all."""

import os

# As stages are run, and before torch is loaded: threads that wait by spinning keep each other
# from working on a shared machine, and what is measured would be the neighbours.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")
