"""Forks a process with all libraries imported for every client that connects, until stdin ends."""

from __future__ import annotations

import ast
import gc
import importlib
import multiprocessing
import os
import runpy
import selectors
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM, recv_fds, socket

from pipeline.engine.catalog import all_stages
from pipeline.engine.code_digest import code_digest
from pipeline.runtime import numerics

LIBRARIES = [
    *("pipeline.demo", "snakemake.api", "snakemake.cli", "snakemake.persistence.file"),
    *("torch", "torch._dynamo", "h5py", "scipy.stats", "sacrebleu", "tensorboardX", "natto"),
    *("sklearn.feature_extraction.text", "sklearn.linear_model", "sklearn.model_selection"),
    *("matplotlib.figure", "matplotlib.backends.backend_agg", "smart_open", "yt_dlp"),
]
"""Which take long, and start no thread when they are imported, as onnxruntime does."""


def serve(address: Path) -> None:
    """Answer clients with the exit codes of the programs that they ask for."""
    listening = socket(AF_UNIX, SOCK_STREAM)
    listening.bind(str(address))
    listening.listen(64)
    waiting = selectors.DefaultSelector()
    waiting.register(listening, selectors.EVENT_READ)
    waiting.register(sys.stdin, selectors.EVENT_READ)
    print("ready", flush=True)
    while True:
        for key, _ in waiting.select():
            if key.fileobj is sys.stdin:
                return
            if key.fileobj is listening:
                client, _ = listening.accept()
                pid = start(client)
                waiting.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, client))
            else:
                waiting.unregister(key.fileobj)
                os.close(key.fd)
                pid, client = key.data
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                with client, suppress(OSError):  # it may have been killed
                    client.sendall(code.to_bytes(4, "big", signed=True))


def start(client: socket) -> int:
    """Fork the program that a client asks for; only the server comes back, with its number."""
    size, files, _, _ = recv_fds(client, 8, 3)
    with client.makefile("rb") as text:
        asked = ast.literal_eval(text.read(int.from_bytes(size, "big")).decode())
    pid = os.fork()
    if not pid:
        # Exit handlers are left out: they would take apart, and so copy, all that was imported.
        os._exit(become(files, *asked))
    for file in files:
        os.close(file)
    return pid


def become(files: list[int], words: list[str], folder: str, environment: dict[str, str]) -> int:
    """Run ``[-P] -m MODULE …`` as a new process would; what to exit with."""
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.closerange(len(files), max(files) + 1)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    import torch  # not before numerics are configured

    # It has read the variable as it was imported, and how sums are rounded depends on that.
    torch.set_num_threads(int(environment.get("OMP_NUM_THREADS") or os.cpu_count() or 1))
    here = [] if words[0] == "-P" else [folder]
    given = environment.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:0] = [*here, *filter(None, given)]
    _, module, *sys.argv[1:] = words[words.index("-m") :]
    for imported in (module, f"{module}.__main__"):
        sys.modules.pop(imported, None)
    code: object = 0
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as exited:
        code = exited.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    if not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    sys.stdout.flush()
    return code


if __name__ == "__main__":
    python = Path(sys.argv[1])
    multiprocessing.set_executable(sys.executable)
    sys.executable = str(python)  # by which a program starts others
    numerics.configure()
    for library in LIBRARIES:
        importlib.import_module(library)
    for stage in all_stages().values():
        code_digest(stage.module)
    importlib.import_module("snakemake.cli").get_argument_parser()  # looks for plugins
    gc.collect()
    gc.freeze()
    serve(python.with_name("server"))
