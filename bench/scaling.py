#!/usr/bin/python3
"""Counts messages, bytes and memory of every rank, measures time on the cores there are, and models many ranks.

Usage: bench/scaling.py BUILD [counts|times|model] [--only NAME] [--ranks N ...] [--repeat N]

counts: strong (one body), weak (bodies that grow with the ranks) and size (bodies that grow on the most ranks). Counts
are of the solve alone: a run of four steps less a run of the first two, so that reading, partition and set-up cancel;
per linear iteration and rank, the rank with most. More ranks than cores are allowed: counts do not depend on it.
times: runs without counting, on as many ranks as there are cores at most; the fastest of --repeat and of what
out/scaling/times.json knows already, since other work on a machine only slows.
model: time to 10,000 ranks from what counts and times left in out/scaling/ (see bench/model.py).
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import model
import problem

OUT = problem.FOLDER.parent / "out" / "scaling"
STEPS = (2, 4)
RANKS = [1, 2, 4, 8, 16, 32]
STRONG = 3  # doublings of the body that stays the same
SIZES = (3, 4, 5, 6)  # doublings of bodies on the most ranks
BASE = {"sheet": ("1 mm", [10, 10], 0.01), "cube": ("1 mm", [10, 10, 10], 0.02)}  # size; edges [mm]; pull each step
EDGES = ("length", "width", "thickness")
KINDS = ("send", "allreduce", "bcast", "allgather", "gather", "alltoall", "scan", "barrier")


def edges(kind, doublings):
    """[mm] of a body whose edges are doubled in turns."""
    found = list(BASE[kind][1])
    for k in range(doublings):
        found[k % len(found)] *= 2
    return found


def write(kind, doublings, steps, folder):
    size, _, pull = BASE[kind]
    lengths = edges(kind, doublings)
    folder.mkdir(parents=True, exist_ok=True)
    name = {"sheet": "sheet-57k", "cube": "cube-10"}[kind]
    path = problem.write_scenario(name, folder, steps=steps, size=size, by=f"{pull * steps * lengths[0]:g} mm",
                                  **{edge: f"{value} mm" for edge, value in zip(EDGES, lengths)})
    return path


CORES = len(os.sched_getaffinity(0))


def environment(ranks, **more):
    """Ranks that wait give way where there are more of them than cores."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "OMPI_MCA_mpi_yield_when_idle": str(int(ranks > CORES)),
            "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", **more}


def run(build, scenario, ranks, **more):
    """Runs a scenario and returns its record and how often each phase was called; [s] of the whole process."""
    start = time.monotonic()
    done = subprocess.run([build / "cli/striffin", "run", "-q", "-j", str(ranks), "-o", "result", scenario.name],
                          cwd=scenario.parent, env=environment(ranks, **more), capture_output=True, text=True,
                          check=False)
    seconds = time.monotonic() - start
    if done.returncode:
        raise SystemExit(f"{scenario}, {ranks} ranks: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    result = scenario.parent / "result"
    record, timing = (json.loads((result / f"{name}.json").read_text(encoding="utf-8")) for name in ("run", "timing"))
    return record, {phase["phase"]: phase["calls"] for phase in timing["phases"]}, seconds


def counted(build, kind, doublings, ranks, steps):
    folder = OUT / f"{kind}-{doublings}-{ranks}-{steps}"
    shutil.rmtree(folder, ignore_errors=True)
    scenario = write(kind, doublings, steps, folder)
    record, calls, _ = run(build, scenario, ranks, LD_PRELOAD=str(build / "bench/comms.so"), COMMS_FOLDER=str(folder))
    counts = [json.loads((folder / f"{r}.json").read_text(encoding="utf-8")) for r in range(ranks)]
    return {"unknowns": record["unknowns"], "newton": calls["linear solver"], "counts": counts,
            "linear": record["linear_solver"]["iterations"], "builds": record["linear_solver"]["builds"],
            "method": record["linear_solver"]["method"]}


def difference(build, kind, doublings, ranks):
    """Counts of the steps between STEPS for each rank; bytes of the set-up and the first steps beside them."""
    few, many = (counted(build, kind, doublings, ranks, steps) for steps in STEPS)
    solve = [{k: {what: b[k][what] - a[k][what] for what in ("calls", "bytes")} for k in KINDS}
             for a, b in zip(few["counts"], many["counts"])]
    row = {key: many[key] - few[key] for key in ("newton", "linear", "builds")}
    if row["newton"] <= 0 or row["linear"] <= 0:
        raise SystemExit(f"{kind} on {ranks} ranks: nothing was solved between {STEPS[0]} and {STEPS[1]} steps")
    return {"kind": kind, "ranks": ranks, "doublings": doublings, "unknowns": many["unknowns"],
            "method": many["method"], **row, "solve": solve, "whole": many["counts"]}


def worst(row, kind, what):
    return max(rank[kind][what] for rank in row["solve"])


COLUMNS = ("ranks", "unknowns", "Newton", "linear", "builds", "sends/it", "kB sent/it", "sums/it", "allgathers/it",
           "kB allgathered/it", "alltoall, bcast, gather calls", "MB, least-most")


def table(title, rows):
    print(f"\n{title} ({rows[0]['method']})\n\n| {' | '.join(COLUMNS)} |\n|{'--:|' * len(COLUMNS)}")
    for row in rows:
        per = row["linear"]
        peaks = [rank["peak_kb"] / 1024 for rank in row["whole"]]
        cells = [row["ranks"], f"{row['unknowns']:,}", row["newton"], per, row["builds"],
                 f"{worst(row, 'send', 'calls') / per:.1f}", f"{worst(row, 'send', 'bytes') / per / 1000:.2f}",
                 f"{worst(row, 'allreduce', 'calls') / per:.1f}", f"{worst(row, 'allgather', 'calls') / per:.2f}",
                 f"{worst(row, 'allgather', 'bytes') / per / 1000:.2f}",
                 ", ".join(str(worst(row, k, "calls")) for k in ("alltoall", "bcast", "gather")),
                 f"{min(peaks):.0f}-{max(peaks):.0f}"]
        print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def series(kind, ranks):
    """Titles, and for each (doublings, ranks)."""
    return {f"{kind}, strong": [(STRONG, r) for r in ranks],
            f"{kind}, weak": [(RANKS.index(r), r) for r in ranks],
            f"{kind}, size": [(d, max(ranks)) for d in SIZES]}


def counts(build, options):
    results, known = [], {}
    for kind in [options.only] if options.only else BASE:
        for title, cases in series(kind, options.ranks).items():
            for case in cases:
                if (kind, *case) not in known:
                    known[(kind, *case)] = difference(build, kind, *case)
                    results.append(known[(kind, *case)])
                    (OUT / "counts.json").write_text(json.dumps(results) + "\n", encoding="utf-8")
            table(title, [known[(kind, *case)] for case in cases])


def timed(build, scenario, ranks, repeat):
    """The fastest of some runs: seconds of the whole process and of each phase."""
    best = None
    for _ in range(repeat):
        record, _, seconds = run(build, scenario, ranks)
        timing = json.loads((scenario.parent / "result/timing.json").read_text(encoding="utf-8"))
        row = {"ranks": ranks, "unknowns": record["unknowns"], "linear": record["linear_solver"]["iterations"],
               "seconds": seconds, "phases": {phase["phase"]: phase["seconds"] for phase in timing["phases"]}}
        if not best or seconds < best["seconds"]:
            best = row
    return best


def times(build, options):
    """Wall time on one rank up to every core, of one body (strong) and of one that grows with the ranks (weak)."""
    path = OUT / "times.json"
    earlier = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    known = {(row["kind"], row["scaling"], row["ranks"]): row for row in earlier}
    print("| body | scaling | ranks | unknowns | linear | solve [s] | ms/iteration | set-up [s] | whole [s] |\n"
          "|---|---|--:|--:|--:|--:|--:|--:|--:|")
    for kind in [options.only] if options.only else BASE:
        for scaling in ("strong", "weak"):
            for k, ranks in enumerate(r for r in RANKS if r <= CORES):
                folder = OUT / f"times-{kind}-{scaling}-{ranks}"
                scenario = write(kind, 5 if scaling == "strong" else 4 + k, STEPS[-1], folder)
                case = (kind, scaling, ranks)
                row = {"kind": kind, "scaling": scaling, **timed(build, scenario, ranks, options.repeat)}
                row = known[case] = min(row, known.get(case, row), key=lambda each: each["seconds"])
                path.write_text(json.dumps(list(known.values())) + "\n", encoding="utf-8")
                linear = row["phases"]["linear solver"]
                setup = sum(row["phases"][phase] for phase in ("read and check", "partition and set up"))
                print(f"| {kind} | {scaling} | {ranks} | {row['unknowns']:,} | {row['linear']} | "
                      f"{linear + row['phases']['tangent'] + row['phases']['residual']:.2f} | "
                      f"{1000 * linear / row['linear']:.2f} | {setup:.2f} | {row['seconds']:.2f} |", flush=True)


def extrapolate(_, options):
    found = {name: json.loads((OUT / f"{name}.json").read_text(encoding="utf-8")) for name in ("counts", "times")}
    for kind in [options.only] if options.only else BASE:
        model.tell(kind, [row for row in found["counts"] if row["kind"] == kind],
                   [row for row in found["times"] if row["kind"] == kind])


WHAT = {"counts": counts, "times": times, "model": extrapolate}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("what", nargs="?", choices=WHAT, default="counts")
    parser.add_argument("--ranks", type=int, nargs="+", default=RANKS, choices=RANKS)
    parser.add_argument("--only", choices=BASE, help="only this body")
    parser.add_argument("--repeat", type=int, default=3, help="runs of which the fastest is told (3)")
    return parser.parse_args()


def main():
    options = arguments()
    OUT.mkdir(parents=True, exist_ok=True)
    WHAT[options.what](options.build.resolve(), options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
