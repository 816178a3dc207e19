"""The operator's side: a copy of the project's scripts, and run.sh in it."""

import fcntl
import os
import re
import select
import shutil
import signal
import subprocess
import termios
import threading
import time
from pathlib import Path

from box import HERE

PROJECT = HERE.parent.parent
# What a whole run of the smallest plan may take on a slow and busy machine.
PATIENCE = 240


class Project:
    """A copy of what run.sh needs on AWS, so that no test sees another's runs."""

    def __init__(self, root, programs):
        self.root = root
        self.programs = programs
        root.mkdir()
        shutil.copy(PROJECT / "run.sh", root)
        for part in ("aws", "terraform"):
            shutil.copytree(PROJECT / part, root / part)
        (root / "home").mkdir()

    def environment(self, box, **settings):
        environment = {
            "PATH": f"{HERE}/stand-in:{os.environ['PATH']}",
            "HOME": str(self.root / "home"),
            "AWS_ACCESS_KEY_ID": "of-the-test",
            "AWS_SECRET_ACCESS_KEY": "kept-secret-by-the-test",
            "OPERATOR_CIDR": "127.0.0.1/32",
            "STAND_IN": str(box.root),
            "TOLLGATE_READY_SECONDS": "20",
            "TOLLGATE_LOST_SECONDS": "60",
            "TOLLGATE_PAUSE_SECONDS": "1",
            "TOLLGATE_FETCH_SECONDS": "0",
        }
        environment.update(settings)
        return {name: value for name, value in environment.items() if value is not None}

    def start(self, box, *arguments, terminal=False, **settings):
        return Operator(
            [str(self.root / "run.sh"), *arguments], self.environment(box, **settings), terminal
        )

    def measure(self, box, *arguments, entrants="direct", terminal=False, **settings):
        """Starts the smallest run there is."""
        return self.start(
            box,
            *("aws", "--profiles", "smoke", "--entrants", entrants, "--runner", "process"),
            *("--programs", str(self.programs), *arguments),
            terminal=terminal,
            **settings,
        )

    def runs(self):
        return sorted((self.root / ".runs").glob("*"))

    def journals(self):
        return sorted(self.root.glob("results/aws-*/*/journal.jsonl"))

    def tables(self):
        return sorted(self.root.glob("results/aws-*/*/tables.md"))


class Operator:
    """run.sh under way, with its screen."""

    def __init__(self, command, environment, terminal):
        self.screen = ""
        self.changed = threading.Condition()
        self.closing = threading.Event()
        self.master = None
        if terminal:
            self.master, slave = os.openpty()
            self.process = subprocess.Popen(
                command,
                env=environment,
                stdin=slave,
                stdout=slave,
                stderr=slave,
                start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            )
            os.close(slave)
            source = self.master
        else:
            self.process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            source = self.process.stdout.fileno()
        self.reader = threading.Thread(target=self.read, args=(source,), daemon=True)
        self.reader.start()

    def read(self, source):
        while not self.closing.is_set():
            # A read under way would keep a closed terminal open.
            if not select.select([source], [], [], 0.1)[0]:
                continue
            try:
                piece = os.read(source, 65536)
            except OSError:
                piece = b""
            with self.changed:
                self.screen += piece.decode(errors="replace").replace("\r\n", "\n")
                self.changed.notify_all()
            if not piece:
                return

    def wait_until(self, condition, seconds=PATIENCE):
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                raise AssertionError(f"it did not come to that:\n{self.screen}")
            time.sleep(0.05)

    def wait_for(self, pattern, seconds=PATIENCE):
        with self.changed:
            self.changed.wait_for(
                lambda: re.search(pattern, self.screen) or not self.reader.is_alive(), seconds
            )
            if not re.search(pattern, self.screen):
                raise AssertionError(f"{pattern!r} did not come:\n{self.screen}")

    def interrupt(self):
        """Ctrl-C, as a terminal sends it."""
        os.write(self.master, b"\x03")

    def close_terminal(self):
        self.closing.set()
        self.reader.join()
        os.close(self.master)

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def ended(self, seconds=PATIENCE):
        """The exit status."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise AssertionError(f"it did not end:\n{self.screen}") from error
        self.reader.join(5)
        return status

    def last_line(self):
        return [line for line in self.screen.splitlines() if line.strip()][-1]


def prepare_programs(target, folder):
    """The programs that `cargo build` left in `target`, without what debuggers
    need: they are shipped in every test."""
    folder.mkdir()
    for name in ("harness", "loadgen", "mockbackend", "gateway"):
        subprocess.run(["strip", "-o", folder / name, Path(target) / name], check=True)
    return folder
