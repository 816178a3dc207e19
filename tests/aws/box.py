"""A box that is a folder of this machine, behind an sshd with a port and keys of
its own, and a Terraform that hands it out."""

import getpass
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SSHD = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")


def free_port():
    """A port that stays free while nobody listens on it: from below those that
    the system hands out by itself."""
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(10_000, lowest)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Box:
    """The machine's end of a run."""

    def __init__(self, root, **behaviour):
        self.root = root
        root.mkdir()
        self.folder = root / "home"
        self.port = free_port()
        self.server = None
        self.keys = root / "authorized_keys"
        self.keys.touch(mode=0o600)
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", root / "host_key"], check=True
        )
        (root / "sshd_config").write_text(
            f"""Port {self.port}
ListenAddress 127.0.0.1
HostKey {root}/host_key
PidFile none
AuthorizedKeysFile {self.keys}
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
"""
        )
        (root / "box.json").write_text(
            json.dumps(
                {
                    "host": "127.0.0.1",
                    "port": self.port,
                    "user": getpass.getuser(),
                    "folder": str(self.folder),
                    "authorized_keys": str(self.keys),
                    "instance": "i-0123456789abcdef0",
                }
            )
        )
        self.behave(**behaviour)

    def behave(self, **behaviour):
        """What Terraform will do wrong from now on."""
        (self.root / "behaviour.json").write_text(json.dumps(behaviour))

    def start_server(self):
        if os.geteuid() == 0:
            # Debian's service makes it; the program alone does not.
            Path("/run/sshd").mkdir(exist_ok=True)
        log = open(self.root / "sshd.log", "a")
        self.server = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", self.root / "sshd_config"],
            stderr=log,
            stdin=subprocess.DEVNULL,
        )
        log.close()
        until = time.monotonic() + 20
        while time.monotonic() < until and self.server.poll() is None:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("sshd does not listen: " + (self.root / "sshd.log").read_text())

    def cut_connections(self):
        """Kills the server's children: every connection there is."""
        for pid in children_of(self.server.pid):
            for session in [*children_of(pid), pid]:
                kill(session)

    def stop_server(self):
        if self.server:
            self.cut_connections()
            self.server.kill()
            self.server.wait()
            self.server = None

    def measurement(self):
        """The process of the measurement on the box."""
        pids = list(self.folder.glob("*/pid"))
        return int(pids[0].read_text()) if pids else None

    def kill_measurement(self):
        leader = self.measurement()
        for pid in all_processes():
            try:
                if os.getsid(pid) == leader:
                    kill(pid)
            except ProcessLookupError:
                pass

    def log(self):
        """What Terraform was asked for, without the names of runs."""
        path = self.root / "log"
        lines = path.read_text().splitlines() if path.exists() else []
        return [" ".join(line.split()[:2]) for line in lines]

    def close(self):
        self.stop_server()
        if self.measurement():
            self.kill_measurement()


def all_processes():
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def children_of(parent):
    children = []
    for pid in all_processes():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(stat.rsplit(")", 1)[1].split()[1]) == parent:
            children.append(pid)
    return children


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
