#!/usr/bin/python3
"""Runs the test suite of a build folder and tells what happened, failures last.

Usage: tools/run_tests.py BUILD [TEST ...]

Counts cases, not programs. Fails if anything failed or was skipped, or if a test that tests/promised.txt promises did
not run. The last line is "N passed, N failed".
"""

import json
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CASE = re.compile(r"(not ok|ok)\b\s*\d*\s*(?:-\s*)?(.*)")


def cases(record):
    """(passed, failures) of one test program; a failure is (name, [lines that say why])."""
    lines = record["stdout"].splitlines()
    plan = next((int(m[1]) for m in (re.match(r"1\.\.(\d+)", line) for line in lines) if m), None)
    if plan is None:
        return (1, []) if record["result"] == "OK" else (0, [(record["result"], lines[-40:])])
    passed, failures, reported = 0, [], 0
    for line in lines:
        match = CASE.match(line)
        if match:
            reported += 1
            if match[1] == "ok" and "# SKIP" not in line.upper():
                passed += 1
            else:
                failures.append((match[2], []))
        elif line.startswith("# ") and failures and line != "# not ok - tests":
            failures[-1][1].append(line[1:].strip())
    if reported < plan:
        failures.append((f"{plan - reported} cases did not run", []))
    if record["result"] != "OK" and not failures:
        failures.append((f"{record['result']}, exit status {record['returncode']}", []))
    return passed, failures


def promised():
    text = (ROOT / "tests" / "promised.txt").read_text()
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def finished(build, names):
    """Runs Meson's test command and yields the record of each test program as it ends."""
    log = pathlib.Path(build) / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    command = ["meson", "test", "-C", build, "--no-rebuild", "--quiet", *names]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as meson:
        position, running = 0, True
        while running:
            running = meson.poll() is None
            if log.exists():
                with log.open() as stream:
                    stream.seek(position)
                    while (line := stream.readline()).endswith("\n"):
                        position = stream.tell()
                        yield json.loads(line)
            if running:
                time.sleep(0.1)


def report(name, record):
    """Prints one line for a test program, and what failed in it. Returns (passed, failed)."""
    passed, failures = cases(record)
    print(f"{'FAIL' if failures else 'ok  '} {name:32} {passed:5} passed {record['duration']:8.2f} s", flush=True)
    for case, why in failures:
        print(f"     {name}: {case}")
        for line in why:
            print(f"       {line}")
    if failures and record.get("stderr"):
        print("\n".join("       " + line for line in record["stderr"].splitlines()[-60:]))
    return passed, len(failures)


def main():
    build, names = sys.argv[1], sys.argv[2:]
    passed, failed, ran = 0, 0, set()
    for record in finished(build, names):
        name = record["name"].split(" / ")[-1]
        ran.add(name)
        counts = report(name, record)
        passed += counts[0]
        failed += counts[1]
    for name in promised() if not names else []:
        if name not in ran:
            print(f"FAIL {name}: promised in tests/promised.txt, but it did not run")
            failed += 1
    if not ran:
        print("FAIL no test ran")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
