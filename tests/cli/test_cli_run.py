"""`striffin run`: results, progress, processes, and how it ends when something goes wrong."""

import csv
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time

import program
import tap

# Crushed to nothing: no equilibrium beyond a part of the way.
CRUSHED = program.SMALL.replace("by: 0.5 mm", "by: -19.9 mm").replace("steps: 2", "steps: 2, cutbacks: 1")

# Long enough to be interrupted.
LONG = program.SMALL.replace("size: 5 mm", "size: 1 mm").replace("steps: 2", "steps: 2000").replace("small", "long")


class Run(program.Program):
    def setUp(self):
        super().setUp()
        self.write("small.yaml", program.SMALL)

    def start(self, *words, **how):
        process = subprocess.Popen([program.STRIFFIN, *words], cwd=self.folder, env=program.environment(),
                                   stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **how)
        self.addCleanup(process.stderr.close)
        return process

    def curves(self, folder):
        with (self.folder / folder / "curves.csv").open() as file:
            return [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]

    def test_writes_its_results_and_says_where(self):
        printed = self.succeeds("run", "small.yaml")
        self.assertRegex(printed, r"\Asmall: 8 elements, \d+ unknowns, 1 process\n")
        self.assertRegex(printed, r"(?m)^2 steps, \d+ iterations, ")
        self.assertTrue(printed.endswith("The results are in out/small\nThe report is out/small/report.html\n"))
        names = {path.name for path in (self.folder / "out/small").iterdir()}
        self.assertLessEqual({"curves.csv", "fields", "fields.pvd", "report.html", "run.json", "timing.json"}, names)
        self.assertEqual(sorted(os.listdir(self.folder)), ["out", "small.yaml"])
        self.assertEqual(os.listdir(self.folder / "out"), ["small"])
        self.assertEqual(json.loads((self.folder / "out/small/run.json").read_text())["outcome"], "finished")

    def test_a_folder_can_be_chosen_and_silence(self):
        self.assertEqual(self.succeeds("run", "small.yaml", "-q", "-o", "here/and there"), "")
        self.assertTrue((self.folder / "here/and there/run.json").exists())
        self.assertIn("expected the name of a folder", self.fails(2, "run", "small.yaml", "-o", ""))

    def test_a_profile_tells_where_the_time_went(self):
        printed = self.succeeds("run", "small.yaml", "-q", "--profile")
        rows = re.findall(r"(?m)^(.*?) +([\d.]+) +([\d.]+) %", printed)
        self.assertEqual(rows[-1][0], "everything else")
        self.assertLess(abs(sum(float(row[2]) for row in rows) - 100), 1)
        self.assertIn("tangent", [row[0] for row in rows])

    def test_a_folder_that_is_not_ours_is_left_alone(self):
        self.write("mine/precious.txt", "precious")
        self.assertIn("mine", self.fails(2, "run", "small.yaml", "-q", "-o", "mine"))
        self.assertEqual(os.listdir(self.folder / "mine"), ["precious.txt"])

    def test_a_folder_that_cannot_be_made_is_a_lost_resource(self):
        self.write("file", "")
        self.assertIn("file", self.fails(4, "run", "small.yaml", "-q", "-o", "file/out"))

    def test_two_processes_find_the_same(self):
        self.assertIn(", 2 processes\n", self.succeeds("run", "-j", "2", "small.yaml", "-o", "two"))
        self.assertIn(", 1 process\n", self.succeeds("run", "-j1", "small.yaml", "-o", "one"))
        one, two = self.curves("one"), self.curves("two")
        self.assertEqual(len(one), len(two))
        largest = max(abs(value) for row in one for value in row)
        self.assertGreater(largest, 0.1)
        for a, b in zip(one, two):
            for x, y in zip(a, b):
                self.assertAlmostEqual(x, y, delta=1e-6 * largest)
        self.assertEqual(json.loads((self.folder / "two/run.json").read_text())["ranks"], 2)

    def test_more_processes_than_cores_still_run(self):
        self.assertIn(", 5 processes\n", self.succeeds("run", "-j", "5", "small.yaml"))

    def test_joins_the_processes_that_mpiexec_started(self):
        command = ["mpiexec", "-n", "2", "--oversubscribe", program.STRIFFIN, "run", "small.yaml"]
        env = program.environment(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        self.assertEqual(done.stdout.count("The results are in out/small"), 1)
        self.assertEqual(json.loads((self.folder / "out/small/run.json").read_text())["ranks"], 2)

    def test_refuses_impossible_numbers_of_processes(self):
        for number in ("0", "-1", "x", "1.5", "", "4097", "99999999999999999999", "2 "):
            self.assertIn("expected a whole number from 1 to 4096", self.fails(2, "run", "small.yaml", "-j", number))

    def test_without_mpiexec_says_what_is_missing(self):
        told = self.fails(4, "run", "-q", "-j", "2", "small.yaml", env=program.environment(PATH="/nowhere"))
        self.assertIn("the mpiexec of Open MPI", told)
        self.assertFalse((self.folder / "out").exists())

    def test_a_dry_run_tells_everything_and_touches_nothing(self):
        printed = self.succeeds("run", "--dry-run", "small.yaml")
        for words in ("anatomy   strip, 20 x 10 x 0.8 mm", "layer deep: 0.8 mm of fascia_lata; fibres along at 0 deg",
                      "8 elements (hex8), 30 nodes, 90 unknowns", "  0 s: grip, where x_min\n",
                      "  0 s to 10 s: pull, where x_max, by 0.5 mm\n", "  force [N]: grip_force, where x_max\n",
                      "processes 1 (below 20000 unknowns", "memory    about ", "results   out/small\n"):
            self.assertIn(words, printed)
        self.assertEqual(os.listdir(self.folder), ["small.yaml"])
        self.assertIn("processes 3 (as asked", self.succeeds("run", "--dry-run", "-j", "3", "small.yaml"))

    def test_a_large_model_gets_every_core(self):
        self.write("large.yaml", program.SMALL.replace("size: 5 mm", "size: 0.1 mm"))
        one = {min(os.sched_getaffinity(0))}
        everything = self.succeeds("run", "--dry-run", "large.yaml")
        confined = self.succeeds("run", "--dry-run", "large.yaml", preexec_fn=lambda: os.sched_setaffinity(0, one))
        self.assertRegex(everything, r"processes \d+ \(as many as there are cores\)")
        self.assertIn("processes 1 (as many as there are cores)", confined)

    def test_a_built_in_case_runs_by_its_name_and_is_compared_with_what_was_measured(self):
        printed = self.succeeds("run", "fascia-lata/lateral-along")
        self.assertRegex(printed, r"(?m)^measurement +measured +simulated +agreement +role$")
        self.assertRegex(printed, r"(?m)^modulus +275.9 MPa +\S+ MPa +\S.* +calibrated$")

    def test_another_models_number_stands_beside_without_a_verdict(self):
        printed = self.succeeds("run", "manual-therapy/fat")
        self.assertRegex(printed, r"(?m)^normal_force +36 N +0\.\d+ N +x 0\.0\d+ +published-model$")
        record = json.loads((self.folder / "out/manual-therapy-fat/run.json").read_text())
        (told,) = [c for c in record["comparisons"] if c["measurement"] == "normal_force"]
        self.assertEqual({"z", "range"} & set(told), set())

    def test_warnings_are_told_once_and_first(self):
        self.write("case.yaml", program.SMALL.replace("{sheet: fascia_lata}", "{sheet: fascia_lata, b: fascia_lata}"))
        for ranks in ("1", "2"):
            done = self.striffin("run", "-j", ranks, "case.yaml")
            self.assertEqual(done.returncode, 0, done)
            self.assertEqual(done.stderr.count("warning: tissues.b"), 1, done.stderr)

    def test_without_equilibrium_keeps_the_last_good_state(self):
        self.write("crushed.yaml", CRUSHED)
        self.succeeds("run", "-q", "small.yaml")
        for ranks in ("1", "2"):
            told = self.fails(3, "run", "-j", ranks, "crushed.yaml")
            self.assertRegex(told, r"no equilibrium at .* element \d+ in layer deep at \(.*\) mm has J = ")
            self.assertIn("likely: ", told)
            self.assertIn("are in out/small.part\n", told)
            self.assertTrue((self.folder / "out/small.part/curves.csv").exists())
        self.assertEqual(json.loads((self.folder / "out/small/run.json").read_text())["outcome"], "finished")

    def test_a_fault_of_its_own_is_told_as_such(self):
        if program.SANITIZED:
            return  # the sanitizer tells it
        self.write("long.yaml", LONG)
        for number in (signal.SIGSEGV, signal.SIGABRT):
            process = self.start("run", "-j", "1", "long.yaml", stdout=subprocess.DEVNULL)
            self.wait_until_solving()
            process.send_signal(number)
            told = process.stderr.read()
            self.assertEqual(process.wait(), 70, told)
            self.assertIn("Please report it", told)
            shutil.rmtree(self.folder / "out")

    def wait_until_solving(self):
        for _ in range(600):
            if (self.folder / "out/long.part/curves.csv").exists():
                return
            time.sleep(0.05)
        self.fail("nothing was written")

    def test_an_interrupted_run_ends_as_such_and_leaves_no_process_and_no_result(self):
        self.write("long.yaml", LONG)
        for ranks, number in (("1", signal.SIGINT), ("2", signal.SIGINT), ("2", signal.SIGTERM)):
            process = self.start("run", "-j", ranks, "long.yaml", stdout=subprocess.DEVNULL)
            self.wait_until_solving()
            process.send_signal(number)
            process.stderr.read()  # ends when the last process has gone
            self.assertEqual(process.wait(), -number)
            self.assertFalse((self.folder / "out/long").exists())
            shutil.rmtree(self.folder / "out")

    def test_tells_when_mpiexec_fails(self):
        self.write("bin/mpiexec.openmpi", "#!/bin/sh\nexit 1\n")
        (self.folder / "bin/mpiexec.openmpi").chmod(0o755)
        env = program.environment(PATH=str(self.folder / "bin"))
        told = self.fails(4, "run", "-q", "-j", "2", "small.yaml", env=env)
        self.assertIn("mpiexec: error: found exit status 1", told)

    def test_goes_on_when_nobody_listens_any_more(self):
        for ranks in ("1", "2"):
            process = self.start("run", "-j", ranks, "-o", "to" + ranks, "small.yaml", stdout=subprocess.PIPE)
            process.stdout.close()
            told = process.stderr.read()
            self.assertEqual((process.wait(), told), (0, ""))
            self.assertTrue((self.folder / f"to{ranks}/run.json").exists())

    def test_a_full_disk_on_standard_output_is_told_and_the_results_are_there(self):
        with open("/dev/full", "w") as full:
            self.assertIn("No space left", self.fails(4, "run", "-j", "1", "small.yaml", stdout=full))

    def test_shows_progress_in_one_line_on_a_terminal(self):
        self.write("case.yaml", program.SMALL.replace("size: 5 mm", "size: 0.5 mm").replace("steps: 2", "steps: 4"))
        master, terminal = pty.openpty()
        process = self.start("run", "case.yaml", stdout=terminal)
        os.close(terminal)
        seen = b""
        while process.poll() is None or select.select([master], [], [], 0)[0]:
            if not select.select([master], [], [], 0.1)[0]:
                continue
            try:
                seen += os.read(master, 65536)
            except OSError:
                break
        os.close(master)
        self.assertEqual(process.wait(), 0)
        text = seen.decode()
        self.assertRegex(text, r"\rpull: [\d.]+ of 10 s, \d+ %, step \d+, \d+ iterations?(, \d+ s left)?\x1b\[K")
        self.assertLess(max(map(len, re.split(r"[\r\n]", text.replace("\x1b[K", "")))), 80)
        self.assertIn("\r\x1b[K4 steps", text)

    def test_obeys_no_options_files(self):
        self.write(".petscrc", "-ksp_max_it 0\n-nonsense\n")
        self.write("home/.petscrc", "-log_view\n")
        self.assertNotIn("PETSc", self.succeeds("run", "small.yaml",
                                                env=program.environment(HOME=str(self.folder / "home"))))

    def test_prints_how_long_a_run_takes_to_start(self):
        best = 1e9
        for _ in range(3):
            done = self.striffin("run", "-q", "--no-report", "-j", "1", "small.yaml")
            best = min(best, done.seconds - json.loads((self.folder / "out/small/timing.json").read_text())["total_s"])
        print(f"# striffin run small.yaml: {1000 * best:.0f} ms beside reading, solving and writing")
        sys.stdout.flush()


if __name__ == "__main__":
    tap.main()
