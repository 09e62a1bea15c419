"""bench/comms.c counts what a known exchange hands to MPI."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
import tap  # noqa: E402

RANKS = 3


class Counts(unittest.TestCase):
    def test_counts_of_a_known_exchange(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["mpiexec", "-n", str(RANKS), os.environ["EXCHANGE"]], check=True, stdin=subprocess.DEVNULL,
                           env={**os.environ, "COMMS_FOLDER": folder}, timeout=60)
            found = [json.loads(pathlib.Path(folder, f"{r}.json").read_text(encoding="utf-8")) for r in range(RANKS)]
        for rank, counts in enumerate(found):
            self.assertGreater(counts.pop("peak_kb"), 1000)
            # 7 integers once and 5 doubles three times; 1 + 2 + 3 integers of all; one of each at the root
            self.assertEqual(counts, {
                "send": {"calls": 4, "bytes": 7 * 4 + 3 * 5 * 8}, "allreduce": {"calls": 1, "bytes": 16},
                "bcast": {"calls": 1, "bytes": 8}, "allgather": {"calls": 1, "bytes": 6 * 4},
                "gather": {"calls": 1, "bytes": 0 if rank else 3 * 4}, "alltoall": {"calls": 0, "bytes": 0},
                "scan": {"calls": 0, "bytes": 0}, "barrier": {"calls": 0, "bytes": 0}})


if __name__ == "__main__":
    tap.main()
