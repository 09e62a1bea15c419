#!/usr/bin/python3
"""Runs the tests of numerics and prints what they compared: found, expected, error, tolerance.

Usage: tools/verify.py BUILD

Of every comparison in the source the worst case is shown. Errors are relative where something is expected, else as they
are. The exit status is that of the tests.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TESTS = ("volumetric", "fibrils", "laws", "standard_laws", "hex8", "solids", "facet", "closed_forms", "manufactured",
         "vessels", "bending", "bent_shells", "pinched", "newton", "loads", "sampling", "grips", "prestress",
         "benchmark", "convergence")
COLUMNS = ("what is compared", "found", "expected", "error", "tolerance")


def names_built(build):
    listed = subprocess.run(["meson", "test", "-C", build, "--list", "--no-rebuild"], capture_output=True, text=True,
                            check=True)
    return {line.split("/")[-1].strip().split(" ")[-1] for line in listed.stdout.splitlines()}


def shorten(text, width):
    return text if len(text) <= width else text[:width - 3] + "..."


def rows_of(path):
    """Comparisons by test, in the order of the source."""
    rows = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        place, function, what, found, expected, error, tolerance = line.split("\t")
        name, number = place.rsplit(":", 1)
        row = (function.replace("_", " "), what, found, expected, error, tolerance)
        known = rows.setdefault(name, {}).get((int(number), what))
        if not known or float(row[4]) > float(known[4]):
            rows[name][(int(number), what)] = row
    return rows


def print_table(rows):
    print(f"{COLUMNS[0]:92} {COLUMNS[1]:>18} {COLUMNS[2]:>18} {COLUMNS[3]:>10} {COLUMNS[4]:>10}")
    for name, comparisons in sorted(rows.items()):
        print(f"\n{name}")
        heading = None
        for _, (function, what, found, expected, error, tolerance) in sorted(comparisons.items()):
            if function != heading:
                print(f"  {function}")
                heading = function
            found, expected = ("" if value == "nan" else value for value in (found, expected))
            print(f"    {shorten(what, 88):88} {found:>18} {expected:>18} {error:>10} {tolerance:>10}")


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder) / "table"
        table.touch()
        names = [name for name in TESTS if name in names_built(build)]
        done = subprocess.run([ROOT / "tools/run_tests.py", build, *names], stdout=subprocess.PIPE, text=True,
                              env={**os.environ, "STF_VERIFY_TABLE": str(table)}, check=False)
        print_table(rows_of(table))
        print("\n" + done.stdout.splitlines()[-1] if done.stdout else "")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
