"""striffin as a person calls it: in a folder of its own, without what the test runner sets for Open MPI."""

import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

SOURCE = pathlib.Path(os.environ.get("STRIFFIN_SOURCE", pathlib.Path(__file__).parents[2]))
STRIFFIN = os.environ.get("STRIFFIN", str(SOURCE / "build/cli/striffin"))
SANITIZED = os.environ.get("STRIFFIN_SANITIZE", "none") != "none"

# A scenario that takes a moment to solve.
SMALL = """striffin: 1
name: small
tissues: {sheet: fascia_lata}
anatomy:
  generator: strip
  length: 20 mm
  width: 10 mm
  layers:
    - {name: deep, tissue: sheet, thickness: 0.8 mm, fibres: [0 deg, 90 deg, 45 deg, -45 deg]}
mesh: {element: hex8, size: 5 mm}
solve: {steps: 2}
timeline:
  - {at: 0 s, do: grip, where: x_min}
  - {for: 10 s, do: pull, where: x_max, by: 0.5 mm}
measure:
  - {name: force, what: grip_force, where: x_max}
  - {name: stretch, what: grip_stretch}
"""


def environment(**more):
    """This environment without settings of MPI and threads, and with some of one's own (None: without)."""
    plain = {key: value for key, value in os.environ.items()
             if not key.startswith(("OMPI_", "OMP_", "OPENBLAS_", "HWLOC_", "PMIX_", "STRIFFIN"))}
    for key, value in more.items():
        plain.pop(key, None)
        if value is not None:
            plain[key] = value
    return plain


class Program(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def striffin(self, *words, program=STRIFFIN, env=None, **how):
        """Runs the program; `seconds` of what comes back is how long it took."""
        how.setdefault("stdout", subprocess.PIPE)
        how.setdefault("stderr", subprocess.PIPE)
        started = time.monotonic()
        done = subprocess.run([program, *map(str, words)], cwd=self.folder, env=env or environment(), check=False,
                              timeout=300, stdin=subprocess.DEVNULL, text=True, errors="replace", **how)
        done.seconds = time.monotonic() - started
        return done

    def succeeds(self, *words, **how):
        done = self.striffin(*words, **how)
        self.assertEqual((done.returncode, done.stderr or ""), (0, ""), done)
        return done.stdout

    def fails(self, status, *words, **how):
        """What a call that must fail with this exit status says on standard error."""
        done = self.striffin(*words, **how)
        self.assertEqual(done.returncode, status, done)
        self.assertNotEqual(done.stderr, "")
        return done.stderr

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text)
        return name

    def wait_for_checkpoint(self, name, process):
        while not self.checkpoint(name).exists():
            self.assertIsNone(process.poll(), f"{name} ended before its first checkpoint")
            time.sleep(0.01)

    def start(self, *words):
        process = subprocess.Popen([STRIFFIN, *words], cwd=self.folder, env=environment(),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   text=True, start_new_session=True)
        self.addCleanup(process.stderr.close)
        return process

    @staticmethod
    def kill(process):
        """Ends a run that was started here at once, with its ranks: they are of its session, not of its group."""
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                session = int(stat.read_text().rpartition(")")[2].split()[3])
                if session == process.pid:
                    os.kill(int(stat.parent.name), signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                pass  # it ended meanwhile
        process.wait()

    def wait_until_nobody_writes(self, name):
        """A process that was killed may hold its lock for a moment more."""
        try:
            with (self.folder / f"out/{name}.part/.striffin").open() as mark:
                fcntl.flock(mark, fcntl.LOCK_EX)
        except FileNotFoundError:
            pass

    def checkpoint(self, name):
        return self.folder / f"out/{name}.part/checkpoint.bin"
