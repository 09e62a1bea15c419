"""scripts/setup on a machine of which apt-get, sudo and pkg-config are only pretended."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

import tap

SOURCE = pathlib.Path(os.environ.get("STRIFFIN_SOURCE", pathlib.Path(__file__).parents[2]))

LIST = """# a comment
build  gcc         command:cc
build  libyaml-dev module:yaml-0.1
build  zlib1g-dev  module:zlib
test   ccx         command:ccx
dev    rt          file:{folder}/lib/*/rt.a
"""


class Setup(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "bin").mkdir()
        for tool in ("bash", "dirname", "mktemp", "rm", "cat", "env"):
            (self.folder / "bin" / tool).symlink_to(shutil.which(tool, path="/usr/bin:/bin"))
        shutil.copy(SOURCE / "scripts/setup", self.folder / "setup")
        (self.folder / "packages.txt").write_text(LIST.format(folder=self.folder))
        self.calls = self.folder / "calls"
        self.calls.write_text("")

    def tool(self, name, script):
        path = self.folder / "bin" / name
        path.write_text("#!/bin/bash\n" + script + "\n")
        path.chmod(0o755)

    def know_modules(self, *modules):
        known = " ".join(modules)
        self.tool("pkg-config", f'shift; for m; do case " {known} " in *" $m "*) ;; *) exit 1;; esac; done')

    def apt(self, status=0):
        self.tool("apt-get", f'echo "apt-get $* [$DEBIAN_FRONTEND]" >>{self.calls}; echo noise; exit {status}')
        self.tool("sudo", f'echo "sudo $*" >>{self.calls}; [ "$1" = -v ] || exec "$@"')

    def run_setup(self, *sections):
        return subprocess.run([self.folder / "bin/bash", self.folder / "setup", *sections], capture_output=True,
                              text=True, check=False, stdin=subprocess.DEVNULL,
                              env={"PATH": str(self.folder / "bin"), "TMPDIR": str(self.folder)})

    def everything_is_there(self):
        self.tool("cc", "")
        self.tool("ccx", "")
        self.know_modules("yaml-0.1", "zlib")
        (self.folder / "lib/14").mkdir(parents=True)
        (self.folder / "lib/14/rt.a").write_text("")

    def test_does_nothing_where_all_is_there(self):
        self.everything_is_there()
        self.apt()
        run = self.run_setup()
        self.assertEqual((run.returncode, run.stdout, run.stderr, self.calls.read_text()), (0, "", "", ""))

    def test_is_quick_where_all_is_there(self):
        self.everything_is_there()
        best = 1.0
        for _ in range(3):
            start = time.monotonic()
            self.run_setup()
            best = min(best, time.monotonic() - start)
        self.assertLess(best, 0.1)

    def test_installs_only_what_is_missing(self):
        self.everything_is_there()
        self.know_modules("zlib")
        (self.folder / "bin/ccx").unlink()
        self.apt()
        run = self.run_setup()
        self.assertEqual(run.returncode, 0, run.stderr)
        install = self.calls.read_text().splitlines()[-1]
        self.assertTrue(install.endswith("--no-install-recommends install ccx libyaml-dev [noninteractive]"), install)
        self.assertIn("ccx libyaml-dev", run.stdout)
        self.assertNotIn("noise", run.stdout)

    def test_asks_only_for_the_sections_named(self):
        self.everything_is_there()
        (self.folder / "bin/ccx").unlink()
        (self.folder / "lib/14/rt.a").unlink()
        self.apt()
        self.run_setup("build")
        self.assertEqual(self.calls.read_text(), "")
        self.run_setup("build", "dev")
        self.assertTrue(self.calls.read_text().splitlines()[-1].endswith("install rt [noninteractive]"))

    def test_finds_all_missing_on_a_bare_machine(self):
        self.apt()
        self.run_setup()
        self.assertIn("install gcc ccx rt libyaml-dev zlib1g-dev", self.calls.read_text())

    def test_says_why_before_it_uses_sudo(self):
        self.everything_is_there()
        (self.folder / "bin/cc").unlink()
        self.apt()
        run = self.run_setup()
        if os.geteuid():
            self.assertIn("sudo -v", self.calls.read_text())
            self.assertIn("sudo may ask", run.stdout)
        else:
            self.assertNotIn("sudo", self.calls.read_text())
        self.assertIn("gcc", run.stdout)

    def test_shows_what_apt_said_when_it_fails(self):
        self.apt(status=100)
        run = self.run_setup()
        self.assertEqual(run.returncode, 4)
        self.assertIn("noise", run.stderr)

    def test_names_the_packages_where_there_is_no_apt(self):
        self.know_modules("zlib")
        run = self.run_setup()
        self.assertEqual(run.returncode, 4)
        self.assertIn("gcc ccx rt libyaml-dev", run.stderr)

    def test_refuses_a_proof_it_does_not_know(self):
        (self.folder / "packages.txt").write_text("build gcc magic:cc\n")
        self.assertEqual(self.run_setup().returncode, 2)


if __name__ == "__main__":
    tap.main()
