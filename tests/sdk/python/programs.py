"""Starts the programs under test."""

import contextlib
import os
import pathlib
import subprocess
import urllib.request

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
MOCKBACKEND = os.environ.get("MOCKBACKEND", REPOSITORY / "target/debug/mockbackend")
GATEWAY = os.environ.get("GATEWAY", REPOSITORY / "target/debug/gateway")
KEY = "sk-bench-test-key"
# What a gateway has for providers of its own key.
PROVIDER_KEY = "sk-own-gateway-key"
# Where what a gateway tells is kept, to be searched for these; ../run.sh does.
TOLD = os.environ.get("TOLD")


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
    """The address of a gateway with this configuration file. What it has to say of itself stands
    in its standard error, up to the line that it is ready."""
    told = pathlib.Path(TOLD or config.parent) / "python"
    with told.with_suffix(".log").open("w") as log, subprocess.Popen(
        [GATEWAY, "--listen", "127.0.0.1:0", "--config", config],
        env={**os.environ, "PROVIDER_KEY": PROVIDER_KEY},
        stdout=log, stderr=subprocess.PIPE, text=True,
    ) as process:
        lines = []
        for line in process.stderr:
            lines.append(line)
            if "listening on http://" in line:
                break
        else:
            raise AssertionError("".join(lines))
        url = "http://" + lines[-1].split("http://")[1].split()[0]
        yield url
        with urllib.request.urlopen(f"{url}/metrics") as page:
            told.with_suffix(".metrics").write_bytes(page.read())
        process.terminate()
        lines.append(process.stderr.read())
        assert process.wait(timeout=10) == 0
    told.with_suffix(".stderr").write_text("".join(lines))
    told.with_suffix(".secrets").write_text(f"{KEY}\n{PROVIDER_KEY}\n")
