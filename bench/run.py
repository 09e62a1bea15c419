#!/usr/bin/python3
"""Runs the benchmark problems with striffin and its peers and tells who needed what.

Usage: bench/run.py BUILD [--quick] [--large] [--only NAME ...] [--repeat N] [--limit SECONDS]

Whole processes are measured, from start to exit: the wall clock, and memory as the sum over all processes of each one's
largest proportional set size (PSS), sampled while they run. striffin and its peers take turns, and medians are told.
Every peer may use every core. A peer that is out of memory, out of time or finds no equilibrium has lost. Not counted:
writing decks for CalculiX, and the compilation of dolfinx's kernels (one run before the first that counts).
Results: out/bench/bench.md (also on standard output) and out/bench/bench.json.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import statistics
import sys

import calculix
import meter
import problem
import table

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parent
OUT = ROOT / "out" / "bench"
CORES = len(os.sched_getaffinity(0))
AGREES = 1e-6  # relative: six digits
COMPILATION = 600  # [s] at most
LONG = 120  # [s] a peer that takes longer is measured once
PEERS = {
    "cube": ["CalculiX SPOOLES", "CalculiX ITERATIVE CHOLESKY", "dolfinx GAMG", "dolfinx MUMPS"],
    "sheet": ["CalculiX SPOOLES", "dolfinx MUMPS"],
    "incompressible": ["dolfinx MUMPS"],
    "elastic": [],  # no peer has fibrils
    "tearing": [],
    "relaxation": [],
    "back": [],  # nor gliding sheets with bonds
}
STRIFFIN, ONE = "striffin", "striffin -j 1"
QUICK = ["cube-10", "cube-20", "sheet-15k"]
LARGE = ["sheet-877k"]


def environment(threads):
    """This environment without settings of MPI and threads, and with kernels of dolfinx kept beside the results."""
    plain = {key: value for key, value in os.environ.items()
             if not key.startswith(("OMPI_", "OMP_", "OPENBLAS_", "PMIX_", "CCX_"))}
    return {**plain, "OMP_NUM_THREADS": str(threads), "XDG_CACHE_HOME": str(OUT / "cache"), "PYTHONHASHSEED": "0",
            "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


class Bench:
    def __init__(self, build, limit):
        self.striffin = pathlib.Path(build).resolve() / "cli/striffin"
        self.limit = limit
        self.compiled = set()

    def prepare(self, name):
        """The folder of a problem with its scenario, and a deck for each solver of CalculiX."""
        folder = OUT / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        scenario = problem.write_scenario(name, folder)
        for peer in PEERS[problem.PROBLEMS[name].scenario]:
            if peer.startswith("CalculiX"):
                deck = calculix.Deck(problem.read(scenario))
                deck.pull("1e-6", next(key for key, value in calculix.SOLVERS.items() if peer.endswith(value)))
                (folder / peer).mkdir()
                deck.write(folder / peer)
        return scenario

    def dolfinx(self, scenario, solver):
        return ["mpiexec", "-n", str(CORES), "/usr/bin/python3", str(FOLDER / "peer_dolfinx.py"), str(scenario), solver]

    def compile(self, name):
        """Has dolfinx compile its kernels: the smallest problem of the kind, not counted."""
        kind = problem.PROBLEMS[name].scenario
        if kind in self.compiled or not PEERS[kind]:
            return
        self.compiled.add(kind)
        folder = OUT / f"compile-{kind}"
        folder.mkdir(parents=True, exist_ok=True)
        smallest = next(n for n, p in problem.PROBLEMS.items() if p.scenario == kind)
        scenario = problem.write_scenario(smallest, folder)
        run = meter.run(self.dolfinx(scenario, "mumps"), folder, environment(1), COMPILATION)
        if run.stopped:
            raise SystemExit(f"dolfinx does not run here: {run.stopped}\n{run.errors}")

    def measure(self, scenario, engine):
        """One run: seconds, memory, force and, where it came to none, why."""
        folder = scenario.parent
        if engine.startswith("striffin"):
            jobs = ["-j", "1"] if engine == ONE else []
            command = [str(self.striffin), "run", "-q", "--no-report", *jobs, "-o", "result", scenario.name]
            run = meter.run(command, folder, environment(1), self.limit)
        elif engine.startswith("CalculiX"):
            run = meter.run(["ccx", "deck"], folder / engine, environment(CORES), self.limit)
        else:
            run = meter.run(self.dolfinx(scenario, engine.split()[1].lower()), folder, environment(1), self.limit)
        row = {"engine": engine, "seconds": run.seconds, "memory_mb": run.memory_mb, "force": None, "stopped": None}
        if run.stopped:
            row["stopped"] = run.stopped
        else:
            row["force"] = self.force(folder, engine, run)
            if engine.startswith("striffin"):
                row["profile"] = json.loads((folder / "result/timing.json").read_text(encoding="utf-8"))
        return row

    @staticmethod
    def force(folder, engine, run):
        if engine.startswith("striffin"):
            record = json.loads((folder / "result/run.json").read_text(encoding="utf-8"))
            return next(item["value"] for item in record["measurements"] if item["name"] == "force")
        if engine.startswith("CalculiX"):
            return calculix.answer(folder / engine)[0]
        return json.loads(run.output)["force"]

    def solve(self, name, repeat):
        """All runs of a problem, striffin between its peers."""
        self.compile(name)
        scenario = self.prepare(name)
        peers, rows = list(PEERS[problem.PROBLEMS[name].scenario]), []
        for _ in range(repeat):
            for peer in list(peers):
                rows += [self.tell(name, self.measure(scenario, engine)) for engine in (STRIFFIN, peer)]
                if rows[-1]["stopped"] or rows[-1]["seconds"] > LONG:
                    peers.remove(peer)
            if not PEERS[problem.PROBLEMS[name].scenario]:
                rows.append(self.tell(name, self.measure(scenario, STRIFFIN)))
            rows.append(self.tell(name, self.measure(scenario, ONE)))
        return rows

    @staticmethod
    def tell(name, row):
        came_to = row["stopped"] or f"F = {row['force']:.9g} N"
        print(f"{name:20} {row['engine']:28} {row['seconds']:9.2f} s {row['memory_mb']:8.0f} MB  {came_to}",
              file=sys.stderr, flush=True)
        return row


def summarise(name, rows):
    """A row for each program: medians, spread, answer, and ratios to the best of the peers that agree."""
    expected, summary = problem.PROBLEMS[name].force, {}
    for engine in dict.fromkeys(row["engine"] for row in rows):
        runs = [row for row in rows if row["engine"] == engine]
        stopped = next((row["stopped"] for row in runs if row["stopped"]), None)
        seconds, force = [row["seconds"] for row in runs], runs[-1]["force"]
        summary[engine] = {
            "runs": len(runs), "stopped": stopped, "seconds": statistics.median(seconds), "fastest": min(seconds),
            "slowest": max(seconds), "memory_mb": statistics.median(row["memory_mb"] for row in runs), "force": force,
            "agrees": None if stopped or expected is None else
            all(abs(row["force"] / expected - 1) <= AGREES for row in runs),
            "profile": min(runs, key=lambda row: row["seconds"]).get("profile")}
    valid = [row for engine, row in summary.items()
             if not engine.startswith("striffin") and not row["stopped"] and row["agrees"] is not False]
    for key, ratio in (("seconds", "time_ratio"), ("memory_mb", "memory_ratio")):
        best = min((row[key] for row in valid), default=None)
        for row in summary.values():
            row[ratio] = row[key] / best if best and not row["stopped"] else None
    return summary


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build")
    parser.add_argument("--quick", action="store_true", help=f"only {', '.join(QUICK)}")
    parser.add_argument("--large", action="store_true", help=f"{', '.join(LARGE)} too")
    parser.add_argument("--only", action="append", metavar="NAME", choices=problem.PROBLEMS, help="only this problem")
    parser.add_argument("--repeat", type=int, default=3, help="rounds (3)")
    parser.add_argument("--limit", type=float, default=1200, metavar="SECONDS", help="longest a run may take (1200)")
    return parser.parse_args()


def chosen(options):
    if options.only:
        return options.only
    if options.quick:
        return QUICK
    return [name for name in problem.PROBLEMS if options.large or name not in LARGE]


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # what runs is ended, too
    OUT.mkdir(parents=True, exist_ok=True)
    bench, results = Bench(options.build, options.limit), {}
    for name in chosen(options):
        load = [os.getloadavg()[0]]
        rows = bench.solve(name, options.repeat)
        load.append(os.getloadavg()[0])
        results[name] = {"unknowns": problem.PROBLEMS[name].unknowns, "expected": problem.PROBLEMS[name].force,
                         "load": load, "summary": summarise(name, rows), "runs": rows}
        facts = {"cores": CORES, "machine": table.processor(), "problems": results}
        (OUT / "bench.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        (OUT / "bench.md").write_text(table.markdown(facts), encoding="utf-8")
    print(table.markdown(facts), end="")
    wrong = [name for name, result in results.items()
             for engine, row in result["summary"].items()
             if engine.startswith("striffin") and (row["stopped"] or row["agrees"] is False)]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
