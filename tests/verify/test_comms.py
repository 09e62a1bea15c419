"""What the programs of bench/ count: messages of a known exchange, flops of known instructions."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "cli"), str(TESTS.parent / "bench")]
import roofline  # noqa: E402
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

    def test_flops_of_instructions(self):
        for text, expected in {"vfmadd231pd %ymm1,%ymm2,%ymm3": 8, "vfnmadd132ss %xmm0,%xmm1,%xmm2": 2,
                               "vmulps (%rax),%xmm1,%xmm2": 4, "addsd %xmm0,%xmm1": 1, "vsubpd %zmm1,%zmm2,%zmm3": 8,
                               "vsqrtpd %ymm0,%ymm0": 4, "vmovapd %ymm0,(%rax)": 0, "vpaddd %ymm0,%ymm1,%ymm2": 0,
                               "add %rax,%rbx": 0, "vaddps 0x20(%rax),%ymm1,%ymm2": 8}.items():
            self.assertEqual(roofline.flops_of(text), expected, text)

    def test_costs_of_calls_and_of_other_programs_are_left_out(self):
        text = ("ob=/a/b\nfn=f\n0x10 7 3\ncalls=2 0x30\n0x14 7 500\n0x18 8 5\n\n"
                "ob=/lib/c\nfn=g\n0x10 1 9\n\nob=/a/b\nfn=h\n0x30 2 4\n")
        self.assertEqual(list(roofline.executions(text, "/a/b")), [(0x10, 3), (0x18, 5), (0x30, 4)])


if __name__ == "__main__":
    tap.main()
