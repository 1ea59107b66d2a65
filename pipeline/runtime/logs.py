"""The project's logger."""

import logging

log = logging.getLogger("yajiuma")
