"""The project's own gate, .ci/gate: what it compares with, and how it ends. cargo
and the harness are stand-ins."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

CARGO = """#!/bin/bash
case "$1" in
  build)
    if [ -e gateway/broken ]; then exit 101; fi
    mkdir -p "$CARGO_TARGET_DIR/release"
    cp gateway/word "$CARGO_TARGET_DIR/release/gateway"
    ;;
  bench)
    # As cargo does: what was built in this place is not built again.
    built=$CARGO_TARGET_DIR/counted
    mkdir -p "$CARGO_TARGET_DIR"
    [ -e "$built" ] || cp gateway/word "$built"
    case "$*" in *--no-run*) exit 0 ;; esac
    echo "scan $(wc -c <"$built")"
    ;;
esac
"""

HARNESS = """#!/bin/bash
printf '%s\\n' "$*" >>"$ASKED"
verb=$1
[ "$verb" != instructions ] || echo "$(cat "$2") against $(cat "$3")" >>"$ASKED"
while [ $# -gt 0 ]; do
  case "$1" in
    --base) base=$(cat "${2#bin:}") ;;
    --head) head=$(cat "${2#bin:}") ;;
  esac
  shift
done
if [ "$verb" = gate ]; then
  echo "$base against $head" >>"$ASKED"
  exit "${GATE_STATUS:-0}"
fi
exit "${INSTRUCTIONS_STATUS:-0}"
"""


class OwnGate(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tollgate-own-gate-")
        self.addCleanup(folder.cleanup)
        self.place = Path(folder.name)
        self.project = self.place / "project"
        self.release = self.place / "target" / "release"
        self.programs = self.place / "programs"
        for path in (self.project / "gateway", self.release, self.programs):
            path.mkdir(parents=True)
        shutil.copytree(PROJECT / ".ci", self.project / ".ci")
        (self.programs / "cargo").write_text(CARGO)
        (self.release / "harness").write_text(HARNESS)
        for program in (self.programs / "cargo", self.release / "harness"):
            program.chmod(0o755)
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *arguments):
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        return subprocess.run(["git", *who, *arguments], cwd=self.project, check=True, capture_output=True)

    def commit(self, word, message="a change", file="gateway/word"):
        (self.project / file).write_text(word)
        self.git("add", ".")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)

    def gate(self, **environment):
        asked = self.place / "asked"
        asked.unlink(missing_ok=True)
        ran = subprocess.run(
            [str(self.project / ".ci" / "gate")],
            capture_output=True,
            text=True,
            timeout=60,
            env={
                "PATH": f"{self.programs}:{os.environ['PATH']}",
                "HOME": str(self.place),
                "ASKED": str(asked),
                "CARGO_TARGET_DIR": str(self.place / "target"),
                **environment,
            },
        )
        self.said = ran.stdout + ran.stderr
        self.asked = asked.read_text() if asked.exists() else ""
        return ran.returncode

    def test_a_first_commit_is_a_self_check(self):
        self.commit("one")
        self.assertEqual(self.gate(), 0, self.said)
        self.assertIn("a self-check", self.said)
        self.assertIn("one against one", self.asked)
        self.assertNotIn("instructions", self.asked)

    def test_the_commit_before(self):
        self.commit("one")
        self.commit("three")
        self.assertEqual(self.gate(), 0, self.said)
        self.assertIn("one against three", self.asked)
        self.assertRegex(self.asked, r"instructions .*base.txt .*head.txt --limit 2\n")
        self.assertIn("scan 3 against scan 5", self.asked, "each is counted for itself")
        self.assertIn("gate.toml --budget 150s", self.asked)
        self.assertEqual((self.release / "gateway").read_text(), "three")
        self.assertEqual(self.git("worktree", "list").stdout.decode().count("\n"), 1)

    def test_main_before_a_release_and_a_release_before_the_commit_before(self):
        self.commit("one")
        self.git("tag", "v1")
        self.commit("two")
        self.commit("three")
        self.assertEqual(self.gate(), 0, self.said)
        self.assertIn("one against three", self.asked)
        self.git("update-ref", "refs/remotes/origin/main", "HEAD^")
        self.assertEqual(self.gate(), 0, self.said)
        self.assertIn("two against three", self.asked)
        self.assertEqual(self.gate(TOLLGATE_BASE="v1"), 0, self.said)
        self.assertIn("one against three", self.asked)

    def test_a_gateway_that_did_not_change(self):
        self.commit("one")
        self.commit("words", file="README.md")
        self.assertEqual(self.gate(), 0, self.said)
        self.assertIn("the gateway is what it was at ", self.said)
        self.assertIn("one against one", self.asked)

    def test_a_base_that_does_not_build(self):
        (self.project / "gateway" / "broken").touch()
        self.commit("one")
        (self.project / "gateway" / "broken").unlink()
        self.commit("two")
        self.assertEqual(self.gate(), 0, self.said)
        self.assertIn("BASE DOES NOT BUILD HERE", self.said)
        self.assertIn("two against two", self.asked)

    def test_how_it_ends(self):
        self.commit("one")
        self.commit("two")
        for status, expected in [("0", 0), ("1", 1), ("2", 2), ("3", 0), ("4", 4)]:
            with self.subTest(status):
                self.assertEqual(self.gate(GATE_STATUS=status), expected, self.said)
        self.assertEqual(self.gate(GATE_STATUS="3"), 0)
        self.assertIn("THE GATE COULD NOT TELL", self.said)
        self.assertEqual(self.gate(INSTRUCTIONS_STATUS="1"), 1, "counted, so certain")

    def test_more_instructions_are_allowed_by_who_says_so(self):
        self.commit("one")
        self.git("update-ref", "refs/remotes/origin/main", "HEAD")
        self.commit("two", "Look twice\n\nIt costs.\n\nAllow-Instructions: 7.5\n")
        self.commit("three")
        self.assertEqual(self.gate(), 0, self.said)
        self.assertIn("--limit 7.5", self.asked)


if __name__ == "__main__":
    unittest.main()
