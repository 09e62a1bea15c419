"""tools/run_tests.py decides whether the suite passed, so nothing that did not run may count as passed."""

import importlib.util
import os
import pathlib
import unittest

import tap

SOURCE = pathlib.Path(os.environ.get("STRIFFIN_SOURCE", pathlib.Path(__file__).parents[2]))
SPEC = importlib.util.spec_from_file_location("run_tests", SOURCE / "tools/run_tests.py")
run_tests = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(run_tests)


def cases(stdout, result="OK", returncode=0):
    return run_tests.cases({"stdout": stdout, "result": result, "returncode": returncode})


class Cases(unittest.TestCase):
    def test_counts_each_case(self):
        self.assertEqual(cases("1..2\nok 1 - a\nok 2 - b\n# ok - tests\n"), (2, []))
        self.assertEqual(cases("ok 1 - a\n1..1\n"), (1, []))

    def test_keeps_why_a_case_failed(self):
        passed, failures = cases("1..2\nok 1 - a\nnot ok 2 - b\n# 1 != 2\n# not ok - tests\n", "FAIL", 1)
        self.assertEqual((passed, failures), (1, [("b", ["1 != 2"])]))

    def test_takes_a_skipped_case_as_failed(self):
        self.assertEqual(len(cases("1..1\nok 1 - a # SKIP no tool\n")[1]), 1)
        self.assertEqual(len(cases("1..1\nnot ok 1 # SKIP a\n")[1]), 1)

    def test_takes_a_skipped_program_as_failed(self):
        self.assertEqual(cases("1..0 # SKIP no tool\n", "SKIP")[0], 0)
        self.assertEqual(len(cases("1..0 # SKIP no tool\n", "SKIP")[1]), 1)

    def test_misses_cases_after_a_crash(self):
        self.assertEqual(cases("1..3\nok 1 - a\n", "ERROR", -6), (1, [("2 cases did not run", [])]))

    def test_sees_a_failure_after_the_last_case(self):
        self.assertEqual(cases("1..1\nok 1 - a\n", "ERROR", 1), (1, [("ERROR, exit status 1", [])]))

    def test_takes_a_program_without_cases_as_one(self):
        self.assertEqual(cases("", "OK"), (1, []))
        self.assertEqual(cases("why\n", "TIMEOUT"), (0, [("TIMEOUT", ["why"])]))


if __name__ == "__main__":
    tap.main()
