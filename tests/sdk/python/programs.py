"""Starts the programs under test."""

import contextlib
import os
import pathlib
import subprocess

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
MOCKBACKEND = os.environ.get("MOCKBACKEND", REPOSITORY / "target/debug/mockbackend")
GATEWAY = os.environ.get("GATEWAY", REPOSITORY / "target/debug/gateway")
KEY = "sk-bench-test-key"


@contextlib.contextmanager
def mock(*arguments):
    """A running mock's address."""
    with subprocess.Popen(
        [MOCKBACKEND, "--listen", "127.0.0.1:0", *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        ready = process.stdout.readline().strip()
        assert ready.startswith("listening on http://"), ready
        yield ready.removeprefix("listening on ")
        process.terminate()
        assert process.wait(timeout=5) == 0


@contextlib.contextmanager
def gateway(config):
    """The address of a gateway with this configuration file. Its log goes to `DEVNULL`; what it
    has to say of itself stands in its standard error, up to the line that it is ready."""
    with subprocess.Popen(
        [GATEWAY, "--listen", "127.0.0.1:0", "--config", config],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as process:
        lines = []
        for line in process.stderr:
            lines.append(line)
            if "listening on http://" in line:
                break
        else:
            raise AssertionError("".join(lines))
        yield "http://" + lines[-1].split("http://")[1].split()[0]
        process.terminate()
        assert process.wait(timeout=10) == 0
