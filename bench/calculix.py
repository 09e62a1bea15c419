"""Input files of CalculiX for the blocks of problem.py.

Matrix: *HYPERELASTIC, NEO HOOKE, W = C10 (I1 - 3) + 1/D1 (J - 1)^2, so D1 = 2/K. With fibres: CalculiX's own user
material whose name begins with ELASTIC_FIBER, the same plus k1/(2 k2) (exp(k2 <I4 - 1>^2) - 1) for each family of
isochoric invariants; a family is given by the first two components of its direction, k1 and k2.
"""

import itertools
import math
import os
import re
import subprocess

SOLVERS = {"spooles": "SPOOLES", "cholesky": "ITERATIVE CHOLESKY"}
CORNERS = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]
NUMBER = r"([-+]?\d\.\d+E[-+]\d+)"


class Deck:
    """The input of a block: eight-node elements (C3D8) between clamps, the far end moved in equal steps."""

    def __init__(self, block):
        if block.element != "hex8-std":
            raise ValueError("CalculiX has the displacement element only")
        self.block = block
        self.count = block.count
        self.lines = ["*NODE"]
        levels = block.z
        for number, (i, j, k) in enumerate(self.grid(1), 1):
            x, y = block.length * i / self.count[0], block.width * (j / self.count[1] - 0.5)
            self.lines.append(f"{number}, {x:.15g}, {y:.15g}, {levels[k]:.15g}")
        for index, layer in enumerate(block.layers):
            self.add_elements(index)
            self.add_material(index, layer)

    def grid(self, more):
        return itertools.product(*(range(n + more) for n in self.count))

    def node(self, i, j, k):
        return 1 + (i * (self.count[1] + 1) + j) * (self.count[2] + 1) + k

    def add_elements(self, layer):
        self.lines.append(f"*ELEMENT, TYPE=C3D8, ELSET=LAYER{layer}")
        rows = self.block.layer_of_row
        for number, (i, j, k) in enumerate(self.grid(0), 1):
            if rows[k] == layer:
                nodes = [self.node(i + a, j + b, k + c) for a, b, c in CORNERS]
                self.lines.append(", ".join(map(str, [number, *nodes])))

    def add_material(self, index, layer):
        numbers = [layer.law.c10, 2 / layer.law.bulk]
        name = f"LAYER{index}"
        if layer.law.families:
            name = f"ELASTIC_FIBER{index}"
            shorten = 1 - 4e-16  # CalculiX stops where rounding makes a direction longer than one
            for (k1, k2), angle in zip(layer.law.families, layer.angles):
                numbers += [shorten * math.cos(angle), shorten * math.sin(angle), k1, k2]
        rows = [", ".join(f"{number:.16g}" for number in numbers[i:i + 8]) for i in range(0, len(numbers), 8)]
        kind = f"*USER MATERIAL, CONSTANTS={len(numbers)}" if layer.law.families else "*HYPERELASTIC, NEO HOOKE"
        self.lines += [f"*MATERIAL, NAME={name}", kind, *rows, f"*SOLID SECTION, ELSET=LAYER{index}, MATERIAL={name}"]

    def node_set(self, name, nodes):
        self.lines.append(f"*NSET, NSET={name}")
        self.lines += [f"{node}," for node in nodes]

    def pull(self, tolerance, solver="spooles", probe=(0, 0, 0)):
        """Moves the far end; the total force on it and the displacement of a node are printed."""
        nx, ny, nz = self.count
        face = list(itertools.product(range(ny + 1), range(nz + 1)))
        self.node_set("FIXED", [self.node(0, j, k) for j, k in face])
        self.node_set("MOVED", [self.node(nx, j, k) for j, k in face])
        self.node_set("PROBE", [self.node(*probe)])
        self.lines += ["*STEP, NLGEOM, INC=100", "*CONTROLS, PARAMETERS=FIELD",
                       f"{tolerance}, {tolerance}, , , {tolerance}", f"*STATIC, DIRECT, SOLVER={SOLVERS[solver]}",
                       f"{1 / self.block.steps:.15g}, 1.", "*BOUNDARY", "FIXED, 1, 3", "MOVED, 2, 3",
                       f"MOVED, 1, 1, {self.block.pull}", "*NODE PRINT, NSET=MOVED, TOTALS=ONLY", "RF",
                       "*NODE PRINT, NSET=PROBE", "U", "*END STEP"]

    def write(self, folder):
        (folder / "deck.inp").write_text("\n".join(self.lines) + "\n", encoding="utf-8")


def answer(folder):
    """(force along x, displacement of the probe) at the end of the last step that deck.dat tells of."""
    text = (folder / "deck.dat").read_text(encoding="utf-8")
    force = re.findall(rf"total force .* MOVED .*\n\s*\n\s*{NUMBER}", text)[-1]
    moved = re.findall(rf"displacements .* PROBE .*\n\s*\n\s*\d+\s+{NUMBER}\s+{NUMBER}\s+{NUMBER}", text)[-1]
    return float(force), [float(value) for value in moved]


def solve(folder):
    """Runs the deck of a folder on one thread."""
    subprocess.run(["ccx", "deck"], cwd=folder, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=True,
                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=300)
    return answer(folder)
