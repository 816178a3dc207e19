"""What makes no sense is refused in one clear message, before anything is
created."""

import tempfile
import unittest
from pathlib import Path

from box import Box
from operator_side import Project


class BadInput(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tollgate-aws-")
        self.addCleanup(folder.cleanup)
        self.place = Path(folder.name)
        self.programs = self.place / "programs"
        self.programs.mkdir()
        for name in ("harness", "loadgen", "mockbackend", "gateway"):
            program = self.programs / name
            program.write_text("#!/bin/sh\nexit 2\n")
            program.chmod(0o755)
        self.project = Project(self.place / "project", self.programs)
        self.box = Box(self.place / "box")

    def refused(self, said, *arguments, **settings):
        run = self.project.measure(self.box, *arguments, **settings)
        self.assertEqual(run.ended(60), 2, run.screen)
        self.assertRegex(run.screen, said)
        self.assertEqual(self.box.log(), [], "Terraform was not even asked")
        messages = [line for line in run.screen.splitlines() if line.startswith("run.sh: ")]
        self.assertEqual(len(messages), 1, run.screen)

    def test_arguments(self):
        for said, arguments in [
            ("unknown flag `--regoin`", ["--regoin", "us-east-1"]),
            ("--region needs a value", ["--region"]),
            ("unknown argument `now`", ["now"]),
            ("`us_east` is not a region's name", ["--region", "us_east"]),
            ("`us-east-1; rm -rf /` is not", ["--region", "us-east-1; rm -rf /"]),
            ("`large` is not a type's name", ["--instance-type", "large"]),
            ("c7g.large is not an x86-64 type", ["--instance-type", "c7g.large"]),
            ("t4g.medium is not an x86-64 type", ["--instance-type", "t4g.medium"]),
            ("c7gn.large is not an x86-64 type", ["--instance-type", "c7gn.large"]),
            ("a1.large is not an x86-64 type", ["--instance-type", "a1.large"]),
            ("the price of x9i.large in us-east-1 is not in the list", ["--instance-type", "x9i.large"]),
            ("the price of c7i.large in xx-north-1 is not", ["--region", "xx-north-1"]),
            ("`cheap` is not a number of dollars", ["--price-per-hour", "cheap"]),
            ("`image` is not the id of an image", ["--ami", "image"]),
            ("`a b` is not a list of entrants", ["--entrants", "a b"]),
            ("`0` is not a number of minutes", ["--budget", "0"]),
            ("--lifetime: 60 minutes are not", ["--lifetime", "60"]),
            ("`podman` is not docker or process", ["--runner", "podman"]),
            ("there is no harness in /nowhere", ["--programs", "/nowhere"]),
        ]:
            with self.subTest(said):
                self.refused(said, *arguments)

    def test_addresses(self):
        for cidr in ["here", "203.0.113.7", "203.0.113.7/33", "256.0.0.1/32", "0.0.0.0/0", "::1/128", "1.2.3.4/32 "]:
            with self.subTest(cidr):
                self.refused("is not an IPv4 CIDR", OPERATOR_CIDR=cidr)
        self.refused("public address could not be found", OPERATOR_CIDR=None)

    def test_credentials(self):
        self.refused("no credentials of AWS", AWS_ACCESS_KEY_ID=None)
        (self.box.root / "expired").touch()
        self.refused("the credentials of AWS do not work: .*ExpiredToken")

    def test_a_state_that_is_not_ours(self):
        (self.project.root / "terraform/terraform.tfstate").write_text("{}")
        self.refused("terraform/ holds a state")

    def test_a_state_left_by_another_run(self):
        left = self.project.root / ".runs/20260101-000000"
        left.mkdir(parents=True)
        (left / "created").write_text("1767225600")
        (left / "operator").write_text("999999999")
        self.refused(r"20260101-000000 was cut off .* end it: \./run\.sh destroy 20260101-000000")

    def test_a_plan_the_harness_refuses(self):
        self.refused("the harness refuses this run")

    def test_runs_that_are_not_there(self):
        for arguments in (["destroy"], ["fetch"], ["destroy", "../../etc"], ["fetch", "20260101-000000"]):
            with self.subTest(arguments):
                run = self.project.start(self.box, *arguments)
                self.assertEqual(run.ended(60), 2, run.screen)
                self.assertIn("there is no run", run.screen)
        status = self.project.start(self.box, "status")
        self.assertEqual(status.ended(60), 0)
        self.assertIn("there are no runs", status.screen)
