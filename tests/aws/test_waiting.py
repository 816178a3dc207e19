"""Nothing that aws/waiting.sh bounds waits for ever."""

import subprocess
import time
import unittest
from pathlib import Path

WAITING = Path(__file__).resolve().parents[2] / "aws/waiting.sh"


class Within(unittest.TestCase):
    def within(self, script):
        return subprocess.run(
            ["bash", "-c", f"source {WAITING}\ntrap '' INT TERM HUP\n{script}"],
            timeout=20,
        ).returncode

    def test_what_ignores_sigterm_is_ended(self):
        began = time.monotonic()
        self.assertEqual(self.within("within 1 sleep 60"), 124)
        self.assertLess(time.monotonic() - began, 15)

    def test_what_is_stopped_is_ended(self):
        self.assertEqual(self.within("within 1 bash -c 'kill -STOP $$; sleep 60'"), 124)

    def test_a_status_in_time_is_given(self):
        self.assertEqual(self.within("within 10 bash -c 'exit 7'"), 7)


if __name__ == "__main__":
    unittest.main()
