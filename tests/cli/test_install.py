"""What `make install` puts on a machine works from there, moved or not, and other programs can use the library."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import tap

SOURCE = pathlib.Path(os.environ["STRIFFIN_SOURCE"])
BUILD = pathlib.Path(os.environ["STRIFFIN"]).parents[1]
SANITIZE = os.environ["STRIFFIN_SANITIZE"]

USER = r"""
#include <striffin.h>
#include <string.h>

int main(int argc, char **argv) {
  (void)argc;
  stf_diags *diags = stf_diags_create();
  stf_run_summary summary;
  if (stf_run_start()) return 1;
  const stf_run_options options = {.scenario = argv[1], .library = argv[2], .out = argv[3]};
  const stf_status status = stf_run(&options, diags, &summary);
  stf_diags_print(diags, stdout);
  if (!status) printf("%zu elements in %s\n", summary.elements, summary.out);
  stf_run_stop();
  stf_diags_destroy(diags);
  return (int)status;
}
"""

SCENARIO = """striffin: 1
name: tiny
tissues: {sheet: fascia_lata}
anatomy:
  generator: strip
  length: 4 mm
  width: 2 mm
  layers:
    - {name: deep, tissue: sheet, thickness: 0.8 mm, fibres: [0 deg, 90 deg, 45 deg, -45 deg], elements: 1}
mesh: {element: hex8, size: 1 mm}
timeline:
  - {at: 0 s, do: grip, where: x_min}
  - {for: 1 s, do: pull, where: x_max, by: 0.02 mm}
measure: [{name: force, what: grip_force, where: x_max}]
"""


def run(*command, **more):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, **more)


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        done = run("meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", cls.folder / "there")
        assert done.returncode == 0, done.stdout + done.stderr
        cls.prefix = cls.folder / "moved"
        next((cls.folder / "there").glob("**/bin")).parent.rename(cls.prefix)
        cls.striffin = cls.prefix / "bin/striffin"
        cls.libraries = next(cls.prefix.glob("lib/**/libstriffin.so")).parent
        (cls.folder / "tiny.yaml").write_text(SCENARIO)

    def succeed(self, *command, **more):
        done = run(*command, cwd=self.folder, **more)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def compile_user(self):
        (self.folder / "user.c").write_text(USER)
        packages = dict(os.environ, PKG_CONFIG_PATH=str(self.libraries / "pkgconfig"))
        ask = ["pkg-config", f"--define-variable=prefix={self.prefix}", "striffin"]
        words = self.succeed(*ask, "--cflags", "--libs", env=packages).split()
        library = self.succeed(*ask, "--variable=library", env=packages).strip()
        more = [] if SANITIZE == "none" else ["-fsanitize=" + SANITIZE, SOURCE / "tests/no_leak_check.c"]
        self.succeed("cc", "-Wall", "-Wextra", "-Werror", "user.c", "-o", "user", *more, *words)
        return self.prefix / "share/striffin" / pathlib.Path(library).name

    def use(self, *words):
        return run("./user", *words, cwd=self.folder, env=dict(os.environ, LD_LIBRARY_PATH=str(self.libraries)))

    def test_the_program_finds_its_cases_and_tissues(self):
        self.assertIn("fascia-lata/lateral-along", self.succeed(self.striffin, "cases"))
        self.succeed(self.striffin, "check", "fascia-lata/lateral-along")

    def test_the_program_finds_its_solver(self):
        self.succeed(self.striffin, "run", "tiny.yaml")
        self.assertIn("force [N]", (self.folder / "out/tiny/curves.csv").read_text())

    def test_a_run_ends_with_its_page(self):
        self.succeed(self.striffin, "run", "-o", "out/page", "tiny.yaml")
        page = (self.folder / "out/page/report.html").read_text()
        self.assertIn('<script type="application/json" id="striffin-report">', page)
        self.assertGreater(len(page), 500000)  # three and uPlot are in it

    def test_the_manual_page_has_no_fault_and_every_verb(self):
        page = self.prefix / "share/man/man1/striffin.1"
        text = page.read_text()
        for source in SOURCE.glob("cli/verb_*.c"):
            verb = source.stem.removeprefix("verb_")
            self.assertRegex(text, rf"(?m)^\.(B|BI|BR) {verb}\b", verb)
        self.assertRegex(text, r"^\.TH STRIFFIN 1 ")

    def test_the_library_exports_all_that_its_header_promises(self):
        header = (self.prefix / "include/striffin.h").read_text()
        promised = set(re.findall(r"STF_API [^;(]*?(stf_\w+)\(", header))
        exported = set(re.findall(r" T (\w+)", self.succeed("nm", "-D", self.libraries / "libstriffin.so")))
        self.assertIn("stf_run", promised)
        self.assertEqual(promised - exported, set())

    def test_a_program_runs_a_scenario_through_the_library(self):
        library = self.compile_user()
        done = self.use("tiny.yaml", library, "out/by-library")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("8 elements in out/by-library", done.stdout)
        self.succeed(self.striffin, "run", "tiny.yaml", "-o", "out/by-program")
        self.assertEqual((self.folder / "out/by-library/curves.csv").read_bytes(),
                         (self.folder / "out/by-program/curves.csv").read_bytes())

    def test_the_library_says_what_is_wrong_and_where(self):
        library = self.compile_user()
        (self.folder / "bad.yaml").write_text(SCENARIO.replace("by: 0.02 mm", "by: 0.02"))
        done = self.use("bad.yaml", library, "out/bad")
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"^bad\.yaml:13:\d+: error: timeline\[1\]\.by: ")
        self.assertFalse((self.folder / "out/bad").exists())


if __name__ == "__main__":
    tap.main()
