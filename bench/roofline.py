#!/usr/bin/python3
"""What residual, tangent, tangent-apply and smoother take of one core: flops and bytes against peak and bandwidth.

Usage: bench/roofline.py BUILD [NAME ...]

Measured by bench/roofline.c: time (best of 40), bandwidth (a triad on 192 MB), peak (fused products in registers).
Bytes are from formulas, which stand there. Flops are counted: callgrind says how often each instruction of the AVX2
code ran, and a disassembly how many sums and products it makes (of all lanes, idle ones too); those of tangent-apply,
which PETSc does, are two for each entry. A step can't take less than the longer of flops / peak and bytes / bandwidth;
the last column is that over the time it took.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import problem
import table

PROBLEMS = ["cube-30", "sheet-57k"]
ARITHMETIC = re.compile(r"v?(?P<fused>fn?m(?:add|sub)(?:\d{3})?)?(?P<plain>add|sub|mul|div|sqrt)?"
                        r"(?P<form>[ps])(?P<type>[sd])$")
REGISTERS = {"zmm": 64, "ymm": 32, "xmm": 16}  # bytes


def flops_of(instruction):
    """Sums and products that one instruction of a disassembly makes."""
    name, _, operands = instruction.partition(" ")
    match = ARITHMETIC.match(name)
    if not match or bool(match["fused"]) == bool(match["plain"]):
        return 0
    register = re.search(r"%([xyz]mm)", operands)
    size = 8 if match["type"] == "d" else 4
    lanes = REGISTERS[register[1]] // size if match["form"] == "p" else 1
    return lanes * (2 if match["fused"] else 1)


def flops_at(program):
    """{address: flops} of the instructions of a program that compute."""
    done = subprocess.run(["objdump", "-d", "--no-show-raw-insn", program], capture_output=True, text=True, check=True)
    found = {}
    for line in done.stdout.splitlines():
        match = re.match(r"\s*([0-9a-f]+):\t(.*)", line)
        if match and (flops := flops_of(match[2].strip())):
            found[int(match[1], 16)] = flops
    return found


def executions(text, program):
    """(address, how often it ran) of the program's own instructions, from what callgrind wrote."""
    here, called = False, False
    for line in text.splitlines():
        if line.startswith("ob="):
            here = line[3:] == str(program)
        elif line.startswith("calls="):
            called = True  # the next line is the cost of all that was called
        elif line.startswith("0x"):
            if here and not called:
                address, *_, count = line.split()
                yield int(address, 16), int(count)
            called = False


def count(program, scenario, name, flops):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["valgrind", "--tool=callgrind", "--toggle-collect=stf_roofline_step", "--dump-instr=yes",
                               "--compress-strings=no", "--compress-pos=no", f"--callgrind-out-file={folder}/out",
                               program, scenario, name], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"valgrind could not count {name}:\n{done.stderr}")
        text = pathlib.Path(folder, "out").read_text(encoding="utf-8")
    total = sum(flops.get(address, 0) * times for address, times in executions(text, program))
    if not total:
        raise SystemExit(f"no flops were found in {name}: {program} may lack AVX2 code")
    return total


def tell(name, found, steps):
    print(f"\n{name}: {found['unknowns']:,} unknowns, {found['elements']:,} elements; {table.processor()}, one core: "
          f"{found['bandwidth'] / 1e9:.1f} GB/s, {found['peak_double'] / 1e9:.0f} Gflop/s double, "
          f"{found['peak_single'] / 1e9:.0f} single\n\n"
          "| step | ms | Mflop | MB | flop/byte | Gflop/s | GB/s | bound by | of the bound |\n"
          "|---|--:|--:|--:|--:|--:|--:|---|--:|")
    for step, row in steps.items():
        arithmetic = row["flops"] / found["peak_single" if row["single"] else "peak_double"]
        memory = row["bytes"] / found["bandwidth"]
        print(f"| {step} | {1e3 * row['seconds']:.2f} | {row['flops'] / 1e6:.1f} | {row['bytes'] / 1e6:.1f} | "
              f"{row['flops'] / row['bytes']:.2f} | {row['flops'] / row['seconds'] / 1e9:.1f} | "
              f"{row['bytes'] / row['seconds'] / 1e9:.1f} | {'memory' if memory > arithmetic else 'arithmetic'} | "
              f"{100 * max(memory, arithmetic) / row['seconds']:.0f} % |", flush=True)


def main():
    program = pathlib.Path(sys.argv[1]).resolve() / "bench/roofline"
    flops = flops_at(program)
    for name in sys.argv[2:] or PROBLEMS:
        with tempfile.TemporaryDirectory() as folder:
            scenario = problem.write_scenario(name, pathlib.Path(folder))
            done = subprocess.run([program, scenario], capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"{program} {scenario}:\n{done.stderr}")
            found = json.loads(done.stdout)
            steps = {step: row for step, row in found.items() if isinstance(row, dict)}
            for step, row in steps.items():
                row["flops"] = row["flops"] or count(program, scenario, step, flops)
        tell(name, found, steps)
    return 0


if __name__ == "__main__":
    sys.exit(main())
