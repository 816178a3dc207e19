"""The steps of action.yml in their order, each with the environment that it
names, in a repository with two commits. cargo, gh and the harness are stand-ins
that write down what they are asked."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

CARGO = """#!/bin/sh
mkdir -p "$CARGO_TARGET_DIR/release"
cp "$STANDINS/harness" "$CARGO_TARGET_DIR/release/harness"
for program in mockbackend loadgen; do
  printf '#!/bin/sh\\n' >"$CARGO_TARGET_DIR/release/$program"
  chmod +x "$CARGO_TARGET_DIR/release/$program"
done
"""

HARNESS = """#!/bin/bash
verb=$1
printf '%s\\n' "$*" >>"$STANDINS/asked"
if [ "$verb" = instructions ]; then
  echo "# Instructions of hot functions"
  exit "${INSTRUCTIONS_STATUS:-0}"
fi
while [ $# -gt 0 ]; do
  case "$1" in
    --out) out=$2 ;;
    --base) base=${2#bin:} ;;
    --head) head=${2#bin:} ;;
  esac
  shift
done
if [ -x "$base" ]; then echo "$("$base") against $("$head")" >>"$STANDINS/asked"; fi
if [ "${GATE_STATUS:-0}" = 2 ]; then
  echo "harness: unknown metric" >&2
  exit 2
fi
mkdir "$out"
printf '<!-- tollgate-gate -->\\n# the verdict\\n' >"$out/gate.md"
exit "${GATE_STATUS:-0}"
"""

GH = """#!/bin/bash
printf '%s\\n' "$*" >>"$STANDINS/gh.log"
[ -z "${GH_FAILS:-}" ] || exit 1
case "$*" in *--paginate*) printf '%s' "${COMMENT_IDS:-}" ;; esac
"""


def steps():
    """Name, script and environment of the steps that run something."""
    text = (PROJECT / "action.yml").read_text()
    text = text.split("  steps:\n")[1]
    found = []
    for step in text.split("    - name: ")[1:]:
        name = step.splitlines()[0]
        script = re.search(r"run: '\"\$GITHUB_ACTION_PATH/(.+?)\"'", step)
        environment = dict(re.findall(r"^        (\w+): \$\{\{ (.+?) \}\}$", step, re.MULTILINE))
        if script:
            found.append((name, script.group(1), environment))
    return found


def defaults():
    """Inputs of action.yml and their defaults."""
    text = (PROJECT / "action.yml").read_text()
    inputs = text.split("inputs:\n")[1].split("\noutputs:")[0]
    found = re.findall(r"^  ([\w-]+):\n(?:    .+\n)*?    default: (.*)$", inputs, re.MULTILINE)
    return {name: value.strip('"') for name, value in found}


class Job:
    def __init__(self, place):
        self.place = place
        self.workspace = place / "workspace"
        self.standins = place / "stand-ins"
        self.temporary = place / "temporary"
        for folder in (self.workspace, self.standins, self.temporary):
            folder.mkdir()
        for name, text in (("cargo", CARGO), ("harness", HARNESS), ("gh", GH)):
            (self.standins / name).write_text(text)
            (self.standins / name).chmod(0o755)
        self.git("init", "--quiet", "--initial-branch", "main")
        for word in ("was", "is"):
            self.commit(word)
        self.log = {}

    def commit(self, word, file="word"):
        (self.workspace / file).write_text(word)
        self.git("add", ".")
        self.git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", word)

    def git(self, *arguments):
        done = subprocess.run(["git", *arguments], cwd=self.workspace, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def run(self, inputs, pull_request=None, pull_base=None, **environment):
        """Runs all steps; gives the exit status of the first that fails."""
        values = {f"inputs.{name}": value for name, value in {**defaults(), **inputs}.items()}
        values["inputs.github-token"] = "a token"
        values["github.event.pull_request.number"] = pull_request or ""
        values["github.event.pull_request.base.sha"] = pull_base or ""
        for number, (name, script, names) in enumerate(steps()):
            if name == "Comment" and not (pull_request and values["inputs.comment"] == "true"):
                continue
            output = self.place / f"output-{number}"
            output.touch()
            ran = subprocess.run(
                [str(PROJECT / script)],
                cwd=self.workspace,
                capture_output=True,
                text=True,
                timeout=60,
                env={
                    "PATH": f"{self.standins}:{os.environ['PATH']}",
                    "HOME": str(self.place),
                    "STANDINS": str(self.standins),
                    "RUNNER_TEMP": str(self.temporary),
                    "GITHUB_WORKSPACE": str(self.workspace),
                    "GITHUB_ACTION_PATH": str(PROJECT),
                    "GITHUB_OUTPUT": str(output),
                    "GITHUB_STEP_SUMMARY": str(self.place / "summary"),
                    "GITHUB_REPOSITORY": "owner/repository",
                    **{key: values[expression] for key, expression in names.items()},
                    **environment,
                },
            )
            self.log[name] = ran.stdout + ran.stderr
            for line in output.read_text().splitlines():
                key, value = line.split("=", 1)
                values[f"steps.gate.outputs.{key}"] = value
            if ran.returncode:
                return ran.returncode
        return 0

    def asked(self, of="asked"):
        path = self.standins / of
        return path.read_text() if path.exists() else ""


BUILD = {"build": "{ echo '#!/bin/sh'; echo \"echo $(cat word)\"; } >program; chmod +x program", "program": "program"}


class Action(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tollgate-action-")
        self.addCleanup(folder.cleanup)
        self.job = Job(Path(folder.name))

    def test_every_script_is_a_step_and_every_step_a_script(self):
        scripts = {script for _, script, _ in steps()}
        there = {f"action/{path.name}" for path in (PROJECT / "action").glob("*.sh")}
        self.assertEqual(scripts, there)
        self.assertEqual([name for name, *_ in steps()][-1], "Verdict")
        self.assertEqual(defaults()["budget"], "8m")

    def test_base_and_head_are_built_from_their_commits(self):
        self.assertEqual(self.job.run(BUILD), 0, self.job.log)
        asked = self.job.asked()
        self.assertIn("was against is", asked)
        self.assertIn("--like reference --budget 8m --out ", asked)
        self.assertIn("# the verdict", (self.job.place / "summary").read_text())
        self.assertEqual(self.job.asked("gh.log"), "", "there is no pull request")
        # Again, as on a machine that keeps its folders.
        self.assertEqual(self.job.run(BUILD), 0, self.job.log)

    def test_sides_are_named_after_their_commits(self):
        self.assertEqual(self.job.run(BUILD), 0, self.job.log)
        short = [self.job.git("rev-parse", "--short", commit) for commit in ("HEAD^", "HEAD")]
        self.assertRegex(self.job.asked(), rf"--base bin:\S+/base-{short[0]} --head bin:\S+/head-{short[1]} ")

    def test_a_pull_request_answers_for_itself_alone(self):
        """Others have moved its base since the event was made."""
        job = self.job
        stale = job.git("rev-parse", "HEAD")
        job.git("checkout", "--quiet", "-b", "change")
        job.commit("changed", "more")
        job.git("checkout", "--quiet", "main")
        job.commit("moved")
        job.git("-c", "user.name=a", "-c", "user.email=a@b", "merge", "--quiet", "--no-edit", "change")
        self.assertEqual(job.run(BUILD, pull_base=stale), 0, job.log)
        self.assertIn("moved against moved", job.asked())
        # Without a merge commit, from where it branched off.
        job.git("checkout", "--quiet", "change")
        self.assertEqual(job.run(BUILD, pull_base=job.git("rev-parse", "main")), 0, job.log)
        self.assertIn("is against is", job.asked())

    def test_arguments_with_spaces_stand_on_lines_of_their_own(self):
        arguments = "--port\n8080\n\n--header\nx-a: b c\n"
        self.assertEqual(self.job.run({**BUILD, "arguments": arguments}), 0, self.job.log)
        self.assertIn("--port 8080 --header x-a: b c", self.job.asked())

    def test_a_base_that_counts_no_instructions(self):
        inputs = {**BUILD, "instructions": "[ $(cat word) = is ] && echo scan 1"}
        self.assertEqual(self.job.run(inputs), 0, self.job.log)
        self.assertNotIn("instructions", self.job.asked())
        self.assertIn("::warning::base counts none", self.job.log["Build base and head"].replace("no instructions", "none"))

    def test_exit_statuses(self):
        for status, noise, expected in [
            ("0", "false", 0),
            ("1", "false", 1),
            ("3", "false", 0),
            ("3", "true", 3),
            ("4", "false", 4),
        ]:
            with self.subTest(status=status, noise=noise):
                inputs = {**BUILD, "fail-on-noise": noise}
                self.assertEqual(self.job.run(inputs, GATE_STATUS=status), expected, self.job.log)
        self.assertEqual(self.job.run(BUILD, GATE_STATUS="2"), 2)
        summary = (self.job.place / "summary").read_text()
        self.assertIn("no verdict (exit status 2)", summary)
        self.assertIn("unknown metric", summary)

    def test_one_comment_is_posted_and_then_updated(self):
        self.assertEqual(self.job.run({**BUILD, "name": "a gate"}, pull_request="12", GATE_STATUS="1"), 1)
        body = (self.job.temporary / "tollgate" / "summary.md.comment").read_text()
        self.assertEqual(body, "<!-- tollgate-gate: a gate -->\n# the verdict\n")
        self.assertIn(f"body=@{self.job.temporary}/tollgate/summary.md.comment", self.job.asked("gh.log"))
        self.assertIn('startswith("<!-- tollgate-gate: a gate -->")', self.job.asked("gh.log"))
        self.assertRegex(self.job.asked("gh.log"), r"--method POST repos/owner/repository/issues/12/comments")
        self.assertNotIn("PATCH", self.job.asked("gh.log"))
        self.assertEqual(self.job.run(BUILD, pull_request="12", COMMENT_IDS="77\n78"), 0)
        self.assertRegex(self.job.asked("gh.log"), r"--method PATCH repos/owner/repository/issues/comments/77 ")

    def test_a_token_that_may_not_write_fails_nothing(self):
        self.assertEqual(self.job.run(BUILD, pull_request="12", GH_FAILS="1"), 0, self.job.log)
        self.assertIn("::warning::", self.job.log["Comment"])

    def test_no_comment_where_none_is_wanted(self):
        self.assertEqual(self.job.run({**BUILD, "comment": "false"}, pull_request="12"), 0)
        self.assertEqual(self.job.asked("gh.log"), "")

    def test_instructions_are_the_second_gate(self):
        inputs = {**BUILD, "instructions": "echo scan 1"}
        self.assertEqual(self.job.run(inputs), 0, self.job.log)
        self.assertIn("instructions --markdown ", self.job.asked())
        self.assertIn("# Instructions of hot functions", (self.job.place / "summary").read_text())
        for gate, expected in [("0", 1), ("3", 1), ("4", 4)]:
            with self.subTest(gate=gate):
                status = self.job.run(inputs, GATE_STATUS=gate, INSTRUCTIONS_STATUS="1")
                self.assertEqual(status, expected, self.job.log)

    def test_images_need_no_build(self):
        inputs = {"base": "a/b:1", "head": "a/b:2", "arguments": "--port 8080 --env K=V", "policy": "gate.toml"}
        self.assertEqual(self.job.run(inputs), 0, self.job.log)
        asked = self.job.asked()
        self.assertIn("--base a/b:1 --head a/b:2 ", asked)
        self.assertIn("--policy gate.toml --port 8080 --env K=V", asked)

    def test_what_makes_no_sense_is_refused(self):
        for inputs, said in [
            ({}, "give build, "),
            ({"base": "a"}, "base and head are given together"),
            ({**BUILD, "base": "a", "head": "b"}, "and not both"),
            ({**BUILD, "base-ref": "nowhere"}, "no commit nowhere here; check out with fetch-depth: 0"),
            ({**BUILD, "program": "another"}, "build made no program another in base"),
        ]:
            with self.subTest(said):
                self.assertEqual(self.job.run(inputs), 2, self.job.log)
                self.assertIn("::error::", self.job.log["Build base and head"])
                self.assertIn(said, self.job.log["Build base and head"])

    def test_a_build_that_fails_ends_it(self):
        self.assertNotEqual(self.job.run({**BUILD, "build": "false; true"}), 0)
        self.assertEqual(self.job.asked(), "", "nothing was measured")


if __name__ == "__main__":
    unittest.main()
