"""What stands for ``python``: has the server start the program, and exits as that does."""

import os
import sys
from socket import AF_UNIX, SOCK_STREAM, send_fds, socket

with socket(AF_UNIX, SOCK_STREAM) as server:
    server.connect(os.path.join(os.path.dirname(__file__), "server"))  # noqa: PTH118, PTH120
    asked = repr((sys.argv[1:], os.getcwd(), dict(os.environ))).encode()  # noqa: PTH109
    send_fds(server, [len(asked).to_bytes(8, "big")], [0, 1, 2])
    server.sendall(asked)
    code = int.from_bytes(server.recv(4), "big", signed=True)
if code < 0:
    os.kill(os.getpid(), -code)
sys.exit(code)
