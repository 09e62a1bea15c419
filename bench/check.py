#!/usr/bin/python3
"""Counts the instructions of the kernels and compares them with bench/counts.json.

Usage: bench/check.py BUILD [--record]

Counts do not depend on how busy a machine is. They are of the AVX2 kernels, which valgrind's processor has, and of one
compiler: with another the comparison is refused. A count that is off by more than the tolerance fails, upwards and
downwards, so that a gain is recorded too. --record writes what is found as what is expected.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent
COUNTS = FOLDER / "counts.json"
TOLERANCE = 0.03


def compiler():
    done = subprocess.run(["cc", "--version"], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[0]


def names(program):
    listed = subprocess.run([program, FOLDER / "tissues", "--list"], capture_output=True, text=True, check=True)
    return listed.stdout.split()


def count(program, name):
    """Instructions of one kernel on 1,000 elements."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["valgrind", "--tool=callgrind", "--toggle-collect=stf_measured",
                               f"--callgrind-out-file={folder}/out", program, FOLDER / "tissues", name],
                              capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found or int(found[1]) == 0:
        raise SystemExit(f"valgrind could not count {name}:\n{done.stderr}")
    return int(found[1])


def record(found):
    text = {"compiler": compiler(), "elements": 1000, "instructions": found}
    COUNTS.write_text(json.dumps(text, indent=2) + "\n", encoding="utf-8")
    print(f"recorded in {COUNTS.relative_to(FOLDER.parent)}")


def compare(found, known):
    """Prints a row for each kernel; how many are off, new or gone."""
    faults = len(set(known) - set(found))
    print(f"{'kernel':28} {'instructions':>14} {'expected':>14} {'change':>8}")
    for name, number in found.items():
        expected = known.get(name)
        change = number / expected - 1 if expected else float("nan")
        right = abs(change) <= TOLERANCE
        faults += not right
        print(f"{name:28} {number:14,} {expected or 0:14,} {100 * change:7.1f}%{'' if right else '  FAIL'}")
    for name in sorted(set(known) - set(found)):
        print(f"{name:28} is expected, but there is no such kernel  FAIL")
    return faults


def main():
    program = pathlib.Path(sys.argv[1]).resolve() / "bench/kernels"
    stored = json.loads(COUNTS.read_text(encoding="utf-8")) if COUNTS.exists() else {}
    recording = sys.argv[2:] == ["--record"]
    if not recording and stored.get("compiler") != compiler():
        raise SystemExit(f"bench/counts.json was recorded with {stored.get('compiler')}, not {compiler()}")
    found = {name: count(program, name) for name in names(program)}
    if recording:
        return record(found)
    faults = compare(found, stored["instructions"])
    print(f"{len(found)} kernels, {faults} off by more than {100 * TOLERANCE:.0f} %")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
