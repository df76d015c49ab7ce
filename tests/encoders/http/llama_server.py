"""A real llama.cpp server, where there is one."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

_SECONDS = 60


@contextmanager
def running(log: Path) -> Iterator[str]:
    """Yield the URL of a server of `$LLAMA_MODEL`, an embedding model in GGUF. Skips the test without one."""
    program = os.environ.get("LLAMA_SERVER") or shutil.which("llama-server")
    model = os.environ.get("LLAMA_MODEL")
    if not program or not model:
        pytest.skip("no llama.cpp: set LLAMA_SERVER to its llama-server and LLAMA_MODEL to an embedding model in GGUF")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "--model", model, "--embeddings", "--port", str(port), "--threads", "1", "--no-webui"]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            _wait(process, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and process.poll() is None:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"llama-server did not start: {log.read_text(errors='replace')[-2000:]}")
