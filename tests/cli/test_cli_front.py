"""The front of the program: verbs, options, help, and standard streams that are closed, broken or full."""

import os
import shutil
import subprocess
import sys

import program
import tap

VERBS = ("run", "check", "new", "cases", "explain", "mtest", "plot", "version")


class Front(program.Program):
    def test_lists_its_verbs(self):
        for words in (["--help"], ["help"], ["-h"]):
            printed = self.succeeds(*words)
            for verb in VERBS:
                self.assertRegex(printed, rf"(?m)^  {verb} +\w")
        self.assertIn("not a medical device", printed)

    def test_without_a_verb_tells_how_to_use_it(self):
        self.assertIn("Usage: striffin VERB", self.fails(2))

    def test_tells_the_nearest_verb(self):
        self.assertIn("no verb rnu; did you mean run?", self.fails(2, "rnu"))
        self.assertIn("no verb xyzzy\n", self.fails(2, "xyzzy"))
        self.assertIn("no verb ''", self.fails(2, ""))
        self.assertIn("did you mean plot?", self.fails(2, "help", "plto"))

    def test_every_verb_has_help(self):
        for verb in VERBS:
            self.assertIn(f"Usage: striffin {verb}", self.succeeds(verb, "--help"))
            self.assertEqual(self.succeeds("help", verb), self.succeeds(verb, "--help"))
            self.assertIn(verb, self.succeeds(verb, "--usage"))

    def test_tells_the_nearest_option(self):
        self.assertIn("striffin run: no option --dryrun; did you mean --dry-run?", self.fails(2, "run", "--dryrun"))
        self.assertIn("did you mean --output?", self.fails(2, "plot", "--ouptut=x.svg", "y"))
        self.assertIn("no option --frobnicate\n", self.fails(2, "check", "--frobnicate"))
        self.assertIn("invalid option -- 'z'", self.fails(2, "run", "-z"))
        self.assertIn("requires an argument", self.fails(2, "run", "-j"))

    def test_takes_options_cut_short_and_values_that_look_like_options(self):
        self.write("small.yaml", program.SMALL)
        self.assertIn("results   --folder\n", self.succeeds("run", "small.yaml", "--dry", "-o", "--folder"))
        self.assertIn("results   --folder\n", self.succeeds("run", "--dry-run", "--out", "--folder", "small.yaml"))
        self.assertIn("--dry-run: error", self.fails(2, "check", "--", "--dry-run"))

    def test_refuses_more_arguments_than_it_can_use(self):
        for verb in ("run", "new", "cases", "explain", "mtest"):
            self.assertIn("found b after a", self.fails(2, verb, "a", "b"))
        self.assertIn("found a; expected nothing", self.fails(2, "version", "a"))
        for verb in ("run", "check", "new", "mtest", "plot"):
            self.assertIn(f"striffin {verb}: what is", self.fails(2, verb))

    def test_tells_version_build_and_licence(self):
        printed = self.succeeds("version")
        for words in ("striffin 0.", "revision", "Apache License 2.0", "GPL, version 3", "not a medical device"):
            self.assertIn(words, printed)
        self.assertEqual(self.succeeds("--version"), printed)

    def test_a_full_disk_on_standard_output_is_a_lost_resource(self):
        for words in (["cases"], ["--help"], ["run", "--help"], ["explain"], ["version"]):
            with open("/dev/full", "w") as full:
                self.assertIn("No space left", self.fails(4, *words, stdout=full))

    def test_a_reader_that_goes_away_is_no_fault(self):
        reading, writing = os.pipe()
        os.close(reading)
        done = self.striffin("explain", stdout=writing, restore_signals=False)
        os.close(writing)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_closed_streams_do_no_harm(self):
        self.write("small.yaml", program.SMALL)
        for streams in ("<&- >&-", "<&- >&- 2>&-", "2>&-"):
            done = subprocess.run(["/bin/sh", "-c", f'exec "$0" check small.yaml {streams}', program.STRIFFIN],
                                  cwd=self.folder, env=program.environment(), capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done)
        self.assertEqual((self.folder / "small.yaml").read_text(), program.SMALL)

    def test_finds_its_files_where_it_was_moved_to(self):
        for folder in ("bin", "share/striffin/cases/a", "share/striffin/tissues", "libexec/striffin"):
            (self.folder / "moved" / folder).mkdir(parents=True)
        shutil.copy(program.STRIFFIN, self.folder / "moved/bin/striffin")
        self.write("moved/share/striffin/cases/a/b.yaml", "striffin: 1\ntitle: the only one\n")
        page = self.write("moved/share/striffin/report.html", "<!--striffin-data-->")
        self.write("moved/libexec/striffin/striffin-solve", '#!/bin/sh\necho "$@"\n')
        (self.folder / "moved/libexec/striffin/striffin-solve").chmod(0o755)
        shutil.copy(program.SOURCE / "tissues/fascia_lata.yaml", self.folder / "moved/share/striffin/tissues")
        shutil.copy(program.SOURCE / "tissues/sources.bib", self.folder / "moved/share/striffin/tissues")
        self.write("small.yaml", program.SMALL)
        moved = self.folder / "moved/bin/striffin"
        self.assertEqual(self.succeeds("cases", program=moved), "a/b  the only one\n")
        printed = self.succeeds("run", "-q", "-j", "1", "small.yaml", program=moved)
        self.assertEqual(printed.split()[4:], ["--quiet", "--members", "--", "small.yaml"])
        self.assertEqual(os.path.realpath(printed.split()[3]), str(self.folder / page))
        self.assertEqual(os.path.realpath(printed.split()[1]), str(self.folder / "moved/share/striffin/tissues"))

    def test_a_missing_solver_is_told(self):
        (self.folder / "alone").mkdir()
        shutil.copy(program.STRIFFIN, self.folder / "alone/striffin")
        self.write("small.yaml", program.SMALL)
        told = self.fails(4, "run", "--no-report", "small.yaml", program=self.folder / "alone/striffin",
                          env=program.environment(STRIFFIN_DATA=str(program.SOURCE)))
        self.assertIn("striffin-solve: error: found no such program", told)

    def test_looks_for_data_where_it_is_told_to(self):
        told = self.fails(4, "cases", env=program.environment(STRIFFIN_DATA="/nowhere"))
        self.assertIn("/nowhere/cases: error: found no folder of this name", told)

    def test_prints_how_long_verbs_take_to_start(self):
        self.write("small.yaml", program.SMALL)
        for words in (["version"], ["cases"], ["explain", "thickness"], ["check", "small.yaml"],
                      ["run", "--dry-run", "small.yaml"]):
            best = min(self.striffin(*words).seconds for _ in range(5))
            print(f"# striffin {' '.join(words)}: {1000 * best:.0f} ms")
        sys.stdout.flush()


if __name__ == "__main__":
    tap.main()
