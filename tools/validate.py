#!/usr/bin/python3
"""Runs every built-in case and prints its numbers beside the published ones.

With --ensembles, those that have one run it too, and spreads are printed beside the published ones.
A misfit is shown, not an error. A case that does not run is: then the exit status is 1.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
STRIFFIN = pathlib.Path(os.environ.get("STRIFFIN", ROOT / "build/cli/striffin"))
OUT = ROOT / "out/validate"
ENSEMBLE_COLUMNS = ("case", "quantity", "measured", "ensemble", "both spreads", "spread", "spread is")
COLUMNS = ("case", "quantity", "measured", "simulated", "agreement", "label", "source")


def number(value):
    return f"{value:.4g}"


def measured(published, unit):
    """'216 ± 68 MPa', '71.6 to 275.9 MPa', or both."""
    parts = []
    if "value" in published:
        parts.append(number(published["value"]) + (f" ± {number(published['sd'])}" if "sd" in published else ""))
    if "low" in published:
        parts.append(f"{number(published['low'])} to {number(published['high'])}")
    return ", ".join(parts) + (f" {unit}" if unit else "")


def agreement(comparison):
    """z where a standard deviation is known, inside or outside of a range, else the ratio; of a model's, "beside"."""
    published, simulated = comparison["published"], comparison.get("simulated")
    if simulated is None:
        return "no value"
    if comparison["role"] == "published-model":
        return f"beside, x {simulated / published['value']:.3g}" if published.get("value") else "beside"
    if "z" in comparison:
        return f"z {comparison['z']:+.2f}"
    if "range" in comparison:
        return {"inside": "in range", "below": "BELOW range", "above": "ABOVE range"}[comparison["range"]]
    return f"x {simulated / published['value']:.3f}"


def rows_of(case, result):
    for c in result["comparisons"]:
        unit = c.get("unit", "")
        simulated = f"{number(c['simulated'])} {unit}".strip() if "simulated" in c else "-"
        yield (case, c["quantity"], measured(c["published"], unit), simulated, agreement(c), c["role"],
               c["published"]["source"])


def overrides_of(case, result):
    """What a case sets in place of its tissue's own numbers, in words."""
    for tissue in result["tissues"]:
        for p in tissue["parameters"]:
            if "overrides" in p:
                yield (f"{case}: {p['path']} of {tissue['name']} is {p['written']} in this case, which calibrates it; "
                       f"the tissue's file says {p['overrides']}")


def spreads_of(case, result):
    """A row for each comparison that an ensemble was run for."""
    for c in result["comparisons"]:
        unit, e = c.get("unit", ""), c.get("ensemble")
        if e is None or "mean" not in e:
            continue
        yield (case, c["quantity"], measured(c["published"], unit),
               f"{number(e['mean'])} ± {number(e['sd'])} {unit} (n {e['n']})".replace("  ", " "),
               f"z {e['z']:+.2f}" if "z" in e else "-",
               f"x {e['spread']:.2f} ± {e['spread_error']:.2f}" if "spread" in e else "-", e.get("spread_role", "-"))


def has_ensemble(case):
    return any(line.startswith("ensemble:")
               for line in (ROOT / "cases" / f"{case}.yaml").read_text(encoding="utf-8").splitlines())


def run(case, ensembles):
    out = OUT / case
    members = [] if ensembles else ["--members", "0", "-j", "1"]  # one process each: cases run beside each other
    done = subprocess.run([STRIFFIN, "run", "-q", *members, "-o", out, ROOT / "cases" / f"{case}.yaml"],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        return None, done.stderr
    return json.loads((out / "run.json").read_text(encoding="utf-8")), ""


def run_all(cases, ensembles):
    """What run() gives of every case, in their order; as many at a time as cores, which ensembles fill alone."""
    def numbered(numbered_case):
        i, case = numbered_case
        print(f"{i} of {len(cases)}: {case}", file=sys.stderr)
        return run(case, ensembles)
    cores = 1 if ensembles else len(os.sched_getaffinity(0))
    with concurrent.futures.ThreadPoolExecutor(cores) as pool:
        yield from pool.map(numbered, enumerate(cases, 1))


def print_table(columns, rows):
    widths = [max(len(row[i]) for row in [columns, *rows]) for i in range(len(columns))]
    for row in [columns, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def print_ensembles(ensembles, cases, spreads):
    if ensembles and spreads:
        print("\nSpecimens that differ:")
        print_table(ENSEMBLE_COLUMNS, spreads)
        print("both spreads: (mean - mean) / sqrt(SD^2 + SD^2).  spread: SD simulated / measured, 1 if alike.")
    elif not ensembles and cases:
        print(f"\nNot run: the ensembles of {', '.join(cases)}. make validate ENSEMBLES=1 runs them (minutes).")


def main():
    parser = argparse.ArgumentParser(description="Runs every built-in case beside its measurements.")
    parser.add_argument("--ensembles", action="store_true", help="run the ensembles of cases too")
    ensembles = parser.parse_args().ensembles
    cases = sorted(str(p.relative_to(ROOT / "cases"))[:-5] for p in (ROOT / "cases").rglob("*.yaml"))
    rows, overrides, spreads, failed = [], [], [], []
    for case, (result, trouble) in zip(cases, run_all(cases, ensembles)):
        if result is None:
            failed.append((case, trouble))
        else:
            rows.extend(rows_of(case, result))
            overrides.extend(overrides_of(case, result))
            spreads.extend(spreads_of(case, result))
    print_table(COLUMNS, rows)
    for line in overrides:
        print(line)
    print_ensembles(ensembles, [case for case in cases if has_ensemble(case)], spreads)
    print("\ncalibrated: fitted to this number.  check: follows from a calibrated number almost by arithmetic.\n"
          "predicted: nothing was fitted to it.  published-model: another model's number, no measurement, beside:\n"
          "neither agreement nor misfit.  z: (simulated - mean) / SD.  x: simulated / measured.\n"
          "Which parameter was fitted to what, and why a number misses: docs/validation.md")
    for case, trouble in failed:
        print(f"{case} did not run: {trouble.strip()}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
