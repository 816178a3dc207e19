"""The whole of run.sh on AWS, without AWS: a real sshd, a real measurement, a
stand-in for Terraform; then the same cut short at every stage."""

import json
import os
import signal
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

from box import Box
from operator_side import Project, prepare_programs

# Where `cargo build` puts programs.
BUILT = os.environ.get("BUILT") or Path(__file__).resolve().parents[2] / "target/debug"
DESTROYED = ["destroy begins", "destroy ends"]


class OnAws(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="tollgate-aws-")
        cls.root = Path(cls.folder.name)
        cls.programs = prepare_programs(BUILT, cls.root / "programs")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def setUp(self):
        place = Path(tempfile.mkdtemp(dir=self.root))
        self.project = Project(place / "project", self.programs)
        self.box = Box(place / "box")
        self.box.start_server()
        self.addCleanup(self.box.close)

    def measured(self):
        """What was measured and brought home: samples in the journals."""
        lines = [line for path in self.project.journals() for line in path.read_text().splitlines()]
        return [line for line in lines if '"type":"sample"' in line]

    def assert_destroyed(self):
        self.assertEqual(self.box.log()[-2:], DESTROYED)
        self.assertEqual(list(self.box.folder.glob("*")), [], "the box is gone")

    def assert_fetched(self):
        self.assertNotEqual(self.measured(), [], "what was measured is at home")
        self.assertNotEqual(self.project.tables(), [], "and its tables")

    def measuring(self, operator):
        """Waits until something has been measured, and is at home."""
        operator.wait_for("trial 1/")
        operator.wait_for("trial 2/")
        operator.wait_until(self.measured)

    # The whole of it.

    def test_a_run_leaves_results_and_nothing_else(self):
        run = self.project.measure(self.box, entrants="direct,reference")
        self.assertEqual(run.ended(), 0, run.screen)
        self.assertEqual(
            self.box.log(),
            [f"{verb} {end}" for verb in ("init", "plan", "apply", "destroy") for end in ("begins", "ends")],
        )
        self.assert_destroyed()
        self.assert_fetched()
        [journal] = self.project.journals()
        last = json.loads(journal.read_text().splitlines()[-1])
        self.assertEqual((last["type"], last["complete"]), ("end", True))
        for said in ("estimate: ", "at the very most \\$", "trial 2/2", "Overview", "reference", "took .* the estimate was"):
            self.assertRegex(run.screen, said)
        self.assertRegex(run.screen.split("making the box")[0], "estimate: .* \\$0\\.")
        [folder] = self.project.runs()
        self.assertFalse((folder / "key").exists(), "the key goes with the box")
        self.assertEqual(stat.S_IMODE(folder.parent.stat().st_mode), 0o700)
        variables = (folder / "terraform/terraform.tfvars.json").read_text()
        self.assertNotIn("PRIVATE", variables)
        self.assertFalse((self.project.root / "home/.ssh").exists(), "nothing of the operator's was touched")
        everything = run.screen + "".join(path.read_text(errors="replace") for path in folder.glob("*log"))
        self.assertNotIn("kept-secret", everything)

    def test_two_runs_at_once_share_nothing(self):
        runs = [self.project.measure(self.box) for _ in range(2)]
        self.assertEqual([run.ended() for run in runs], [0, 0], runs[0].screen + runs[1].screen)
        self.assertEqual(len(self.project.journals()), 2)
        self.assertEqual(self.box.log().count("destroy ends"), 2)
        self.assertEqual(list(self.box.folder.glob("*")), [])

    # Cut short by what fails.

    def test_terraform_refuses_the_plan(self):
        self.box.behave(plan="creating: InvalidInstanceType: no such type")
        run = self.project.measure(self.box)
        self.assertEqual(run.ended(), 2, run.screen)
        self.assertIn("nothing was created: Error: creating: InvalidInstanceType", run.screen)
        self.assertNotIn("apply begins", self.box.log())

    def test_apply_fails(self):
        self.box.behave(apply="creating: VcpuLimitExceeded")
        run = self.project.measure(self.box)
        self.assertEqual(run.ended(), 4, run.screen)
        self.assertIn("VcpuLimitExceeded", run.screen)
        self.assert_destroyed()

    def test_ssh_never_answers(self):
        self.box.stop_server()
        run = self.project.measure(self.box, TOLLGATE_READY_SECONDS="4")
        self.assertEqual(run.ended(), 4, run.screen)
        self.assertIn("did not become ready", run.screen)
        self.assert_destroyed()

    def test_the_box_cannot_be_set_up(self):
        self.box.behave(sign="failed")
        run = self.project.measure(self.box)
        self.assertEqual(run.ended(), 4, run.screen)
        self.assertIn("dnf could not be reached", run.screen)
        self.assert_destroyed()

    def test_the_remote_run_dies(self):
        run = self.project.measure(self.box, entrants="direct,reference,nginx,relay")
        self.measuring(run)
        self.box.kill_measurement()
        self.assertEqual(run.ended(), 4, run.screen)
        self.assertIn("died on the box", run.screen)
        self.assert_fetched()
        self.assert_destroyed()

    def test_the_connection_drops_and_comes_back(self):
        run = self.project.measure(self.box, entrants="direct,reference,relay")
        run.wait_for("trial 1/")
        self.box.stop_server()
        run.wait_for("connection is lost")
        self.box.start_server()
        run.wait_for("trial 2/")
        self.box.cut_connections()
        self.assertEqual(run.ended(), 0, run.screen)
        self.assertEqual(run.screen.count("trial 2/"), 1, "no line is shown twice")
        self.assert_fetched()
        self.assert_destroyed()

    def test_the_box_is_out_of_reach_for_good(self):
        run = self.project.measure(self.box, entrants="direct,reference,relay", TOLLGATE_LOST_SECONDS="3")
        self.measuring(run)
        self.box.stop_server()
        self.assertEqual(run.ended(), 4, run.screen)
        self.assertIn("has not answered for", run.screen)
        self.assert_fetched()
        self.assert_destroyed()

    def disk(self, path, kilobytes):
        path.mkdir(parents=True, exist_ok=True)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", path], capture_output=True
        )
        if mounted.returncode != 0:
            self.skipTest(f"a small disk cannot be made here: {mounted.stderr.decode().strip()}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", path], check=True)

    def test_the_disk_of_the_box_is_full(self):
        # Too small for a second trial.
        self.box.behave(results_link=str(self.box.root / "small"))
        self.disk(self.box.root / "small", 160)
        run = self.project.measure(self.box, entrants="direct,reference,relay")
        self.assertEqual(run.ended(), 4, run.screen)
        self.assertRegex(run.screen, "No space left")
        self.assertNotEqual(self.measured(), [])
        self.assert_destroyed()

    def test_the_disk_at_home_is_full(self):
        self.disk(self.project.root / "results", 24)
        run = self.project.measure(self.box)
        self.assertEqual(run.ended(), 4, run.screen)
        self.assertIn("could not be fetched", run.screen)
        self.assert_destroyed()

    def test_terraform_forgets_the_box_that_it_made(self):
        self.box.behave(apply="no space left on device", lost_state="gone")
        self.assert_left_and_told()

    def test_terraform_does_not_take_back_what_it_could_not_save(self):
        full = "no space left on device"
        self.box.behave(apply=full, lost_state="errored", push=full)
        self.assert_left_and_told()

    def assert_left_and_told(self):
        run = self.project.measure(self.box)
        self.assertEqual(run.ended(), 4, run.screen)
        self.assertNotIn("the box is gone", run.screen)
        command = r"aws ec2 terminate-instances --region \S+ .*tag:Name,Values=tollgate-"
        self.assertRegex(run.last_line(), command)

    def test_terraform_is_given_back_what_it_could_not_save(self):
        self.box.behave(apply="no space left on device", lost_state="errored")
        run = self.project.measure(self.box)
        self.assertEqual(run.ended(), 4, run.screen)
        self.assert_destroyed()

    def test_destroy_fails_twice(self):
        self.box.behave(destroy_failures=2)
        run = self.project.measure(self.box)
        self.assertEqual(run.ended(), 0, run.screen)
        self.assertEqual(self.box.log().count("destroy fails"), 2)
        self.assert_destroyed()

    def test_destroy_never_succeeds(self):
        self.box.behave(destroy_failures=99)
        run = self.project.measure(self.box)
        self.assertEqual(run.ended(), 4, run.screen)
        self.assertEqual(self.box.log().count("destroy fails"), 3)
        self.assert_fetched()
        self.assertIn("Overview", run.screen)
        command = run.last_line().strip()
        self.assertRegex(command, r"^cd \S+ && \./run\.sh destroy \S+$")
        self.box.behave()
        ended = subprocess.run(
            ["bash", "-c", command], env=self.project.environment(self.box), capture_output=True, timeout=120
        )
        self.assertEqual(ended.returncode, 0, ended)
        self.assert_destroyed()

    # Cut short by the operator.

    def cut_short(self, run, word, status=130):
        self.assertEqual(run.ended(), status, run.screen)
        self.assert_fetched()
        self.assert_destroyed()
        if word:
            self.assertIn(word, run.screen)

    def test_ctrl_c(self):
        run = self.project.measure(self.box, entrants="direct,reference,relay", terminal=True)
        self.measuring(run)
        run.interrupt()
        self.cut_short(run, "Ctrl-C: stopping")

    def test_sigterm(self):
        run = self.project.measure(self.box, entrants="direct,reference,relay")
        self.measuring(run)
        run.signal(signal.SIGTERM)
        self.cut_short(run, "SIGTERM: stopping")

    def test_the_terminal_is_closed(self):
        run = self.project.measure(self.box, entrants="direct,reference,relay", terminal=True)
        self.measuring(run)
        run.close_terminal()
        self.cut_short(run, None)
        log = (self.project.runs()[0] / "log").read_text()
        self.assertIn("the terminal was closed: stopping", log)
        self.assertIn("the box is gone", log)

    def test_ctrl_c_during_apply_waits_for_it(self):
        self.box.behave(apply_seconds=4)
        run = self.project.measure(self.box, terminal=True)
        run.wait_until(lambda: "apply begins" in self.box.log())
        run.interrupt()
        run.wait_for("waiting for terraform apply")
        run.interrupt()
        self.assertEqual(run.ended(), 130, run.screen)
        self.assertEqual(self.box.log()[-4:], ["apply begins", "apply ends", *DESTROYED])
        self.assert_destroyed()

    def test_ctrl_c_while_the_box_is_ended_changes_nothing(self):
        self.box.behave(destroy_seconds=2)
        run = self.project.measure(self.box, terminal=True)
        run.wait_until(lambda: "destroy begins" in self.box.log())
        run.interrupt()
        self.assertEqual(run.ended(), 0, run.screen)
        self.assertEqual(self.box.log()[-2:], DESTROYED)
        self.assertNotIn("attempt 2", run.screen)
        self.assert_destroyed()

    def test_a_reader_who_goes_away_ends_nothing(self):
        run = self.project.measure(self.box)
        run.wait_for("trial 1/")
        run.closing.set()
        run.reader.join()
        run.process.stdout.close()
        self.assertEqual(run.ended(), 0)
        self.assert_fetched()
        self.assert_destroyed()

    def test_a_killed_run_is_found_and_ended(self):
        run = self.project.measure(self.box, entrants="direct,reference,relay")
        self.measuring(run)
        os.killpg(run.process.pid, signal.SIGKILL)
        run.process.wait()
        again = self.project.measure(self.box)
        self.assertEqual(again.ended(), 2, again.screen)
        self.assertRegex(again.screen, r"was cut off .* \./run\.sh destroy")
        ended = self.project.start(self.box, "destroy")
        self.assertEqual(ended.ended(), 0, ended.screen)
        self.assertNotEqual(self.measured(), [])
        self.assert_destroyed()

    def test_keep(self):
        run = self.project.measure(self.box, KEEP="1")
        self.assertEqual(run.ended(), 0, run.screen)
        self.assertRegex(run.screen, r"stays up .* \$0\.\d+ an hour")
        self.assertNotIn("destroy begins", self.box.log())
        self.assert_fetched()
        self.project.journals()[0].unlink()
        for command, said in (("status", "ended 0"), ("fetch", "Overview"), ("destroy", "the box is gone")):
            done = self.project.start(self.box, command)
            self.assertEqual(done.ended(), 0, done.screen)
            self.assertIn(said, done.screen)
        self.assert_fetched()
        self.assert_destroyed()
        self.assertEqual(self.project.start(self.box, "fetch").ended(), 2)

