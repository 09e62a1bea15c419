"""The results of bench/run.py as Markdown."""

import os
import pathlib
import re

COLUMNS = ("program", "runs", "wall time [s]", "from-to", "memory [MB]", "F_x [N]", "agrees", "time / fastest peer",
           "memory / leanest peer")


def processor():
    found = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return found[1] if found else os.uname().machine


def row_of(cells):
    return "| " + " | ".join(cells) + " |"


def ratio(value):
    return "" if value is None else f"{value:.3g}"


def program_row(engine, row):
    if row["stopped"]:
        return row_of([engine, str(row["runs"]), row["stopped"], "", f"{row['memory_mb']:.0f}", "", "lost", "", ""])
    agrees = {True: "yes", False: "**NO**", None: "not known"}[row["agrees"]]
    return row_of([engine, str(row["runs"]), f"{row['seconds']:.2f}", f"{row['fastest']:.2f}-{row['slowest']:.2f}",
                   f"{row['memory_mb']:.0f}", f"{row['force']:.9g}", agrees, ratio(row["time_ratio"]),
                   ratio(row["memory_ratio"])])


def iteration(profile):
    """Milliseconds that each of Newton's iterations takes."""
    phase = {phase["phase"]: phase for phase in profile["phases"]}
    return 1e3 * sum(phase[name]["seconds"] for name in ("tangent", "residual", "linear solver")) / max(
        phase["tangent"]["calls"], 1)


def profile_rows(summary):
    """Where the time of striffin's fastest runs went."""
    profiles = {engine: row["profile"] for engine, row in summary.items() if row.get("profile")}
    if not profiles:
        return []
    phases = [phase["phase"] for phase in next(iter(profiles.values()))["phases"]]
    return [row_of(["seconds in", *phases, "all", "ms an iteration"]), row_of(["---"] * (len(phases) + 3)),
            *(row_of([engine, *(f"{phase['seconds']:.3f} ({phase['calls']})" for phase in p["phases"]),
                      f"{p['total_s']:.3f}", f"{iteration(p):.1f}"]) for engine, p in profiles.items()), ""]


def section(name, result):
    expected = "no other number is known" if result["expected"] is None else f"F_x = {result['expected']:.9g} N"
    return [f"## {name}", "", f"{result['unknowns']:,} unknowns; {expected}; load of the machine "
            f"{result['load'][0]:.1f} before, {result['load'][1]:.1f} after.", "", row_of(COLUMNS),
            row_of(["---"] * len(COLUMNS)),
            *(program_row(engine, row) for engine, row in result["summary"].items()), "",
            *profile_rows(result["summary"])]


def markdown(facts):
    lines = ["# striffin and its peers", "", f"{facts['machine']}, {facts['cores']} cores, free for each program. "
             "Whole processes; medians; memory is the sum over processes of the largest PSS of each. A load well above "
             f"{facts['cores']} means that other work disturbed the times.", ""]
    for name, result in facts["problems"].items():
        lines += section(name, result)
    return "\n".join(lines)
