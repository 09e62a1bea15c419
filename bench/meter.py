"""Time and memory of whole commands, with every process that they start."""

import dataclasses
import os
import pathlib
import signal
import subprocess
import threading
import time

SHORTEST = 0.05  # [s] between two samples
SHARE = 50  # sampling takes at most one part in so many of a processor's time


@dataclasses.dataclass
class Run:
    seconds: float
    memory_mb: float  # sum over processes of each one's largest PSS
    status: int
    stopped: str  # why it came to nothing; None if it ended well
    output: str
    errors: str


def members(session, known):
    """Adds to `known`, {pid: in the session?}, the processes that it does not have yet."""
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in known:
            try:
                fields = pathlib.Path(f"/proc/{name}/stat").read_text(encoding="utf-8", errors="replace")
                known[int(name)] = int(fields.rsplit(")", 1)[1].split()[3]) == session
            except OSError:
                pass


def pss_kb(pid):
    """Proportional set size, 0 for a process that is gone."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("Pss:")), 0)
    except OSError:
        return 0


class Sampler(threading.Thread):
    """Watches the processes of a session until told to stop; `peak` is each one's largest PSS [kB]."""

    def __init__(self, session):
        super().__init__(daemon=True)
        self.session, self.known, self.peak, self.over = session, {}, {}, threading.Event()
        self.start()

    def run(self):
        pause = 0.0
        while not self.over.wait(pause):
            start = time.thread_time()
            members(self.session, self.known)
            for pid in [pid for pid, member in self.known.items() if member]:
                self.peak[pid] = max(self.peak.get(pid, 0), pss_kb(pid))
            pause = max(SHORTEST, SHARE * (time.thread_time() - start))

    def finish(self):
        self.over.set()
        self.join()
        return sum(self.peak.values()) / 1024

    def kill(self):
        members(self.session, self.known)
        for pid in [pid for pid, member in self.known.items() if member]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def reason(status, errors):
    """Why a command with this exit status came to nothing, or None."""
    if status == 0:
        return None
    last = next((line for line in reversed(errors.splitlines()) if line.startswith("stopped")), None)
    if last:
        return last
    return f"stopped by signal {-status}" if status < 0 else f"stopped with exit status {status}"


def run(command, folder, environment, limit):
    """Runs a command in a folder and in a session of its own, for `limit` seconds at most."""
    paths = [pathlib.Path(folder) / name for name in ("stdout", "stderr")]
    with paths[0].open("w") as out, paths[1].open("w") as err:
        start = time.monotonic()
        with subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                              start_new_session=True) as process:
            sampler, late = Sampler(process.pid), False
            try:
                process.wait(limit)
            except subprocess.TimeoutExpired:
                late = True
                sampler.kill()
                process.wait()
            except BaseException:
                sampler.kill()
                raise
            seconds = time.monotonic() - start
    output, errors = (path.read_text(encoding="utf-8", errors="replace") for path in paths)
    stopped = f"stopped after {limit:.0f} s" if late else reason(process.returncode, errors)
    return Run(seconds, sampler.finish(), process.returncode, stopped, output, errors)
