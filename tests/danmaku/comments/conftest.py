from tests.reading.conftest import WriteFile, write_file

__all__ = ["WriteFile", "write_file"]
