"""The project's logger.

Messages of level INFO are for whoever waits at the screen, in words that need no knowledge of how
it works. What experts want to know besides is of level DEBUG: it is always in the log files, and
on the screen where ``VERBOSE`` is set.
"""

import logging

VERBOSE = "YAJIUMA_VERBOSE"
"""Environment variable: whether stages show on the screen what else is only in their logs."""

log = logging.getLogger("yajiuma")
