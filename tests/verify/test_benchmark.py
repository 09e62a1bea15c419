"""The benchmark cube against numbers that other programs agree on, and CalculiX solving the same equations here."""

import itertools
import os
import re
import subprocess

import solved

# Force on the moved face [N] and movement of the middle of face y = 5 mm along y [mm], by elements along a side: to the
# digits in which independent programs agree that solve the same equations on the same mesh.
AGREED = {10: (2.63728407, -0.571813545524), 20: (2.60481146, -0.566254330569)}

# Sanitizers slow the larger one down to minutes.
COUNTS = [10] if solved.program.SANITIZED else [10, 20]

STRIP = """striffin: 1
name: strip
tissues: {all: soft}
anatomy: {generator: strip, length: 16 mm, width: 4 mm, layers: [{name: all, tissue: all, thickness: 2 mm}]}
mesh: {element: hex8-std, size: 1 mm}
solve: {steps: 4, tolerance: 1e-10}
timeline:
  - {at: 0 s, do: grip, where: x_min}
  - {for: 1 s, do: pull, where: x_max, by: 5 mm}
measure:
  - {name: force, what: grip_force, where: x_max}
  - {name: u_x, what: displacement, at: [4 mm, 2 mm, 1 mm], along: x}
  - {name: u_y, what: displacement, at: [4 mm, 2 mm, 1 mm], along: y}
"""


class Deck:
    """An input file of CalculiX for a block of nx x ny x nz eight-node elements between clamps."""

    def __init__(self, count, size, moduli):
        self.count = count
        self.lines = ["*NODE"]
        for number, at in enumerate(self.grid(1), 1):
            x, y, z = (side * i / n for side, i, n in zip(size, at, count))
            self.lines.append(f"{number}, {x:.15g}, {y - size[1] / 2:.15g}, {z:.15g}")
        corners = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]
        self.lines.append("*ELEMENT, TYPE=C3D8, ELSET=ALL")
        for number, (i, j, k) in enumerate(self.grid(0), 1):
            nodes = [self.node(i + a, j + b, k + c) for a, b, c in corners]
            self.lines.append(", ".join(map(str, [number, *nodes])))
        shear, bulk = moduli
        self.lines += ["*MATERIAL, NAME=M", "*HYPERELASTIC, NEO HOOKE", f"{shear / 2:.16g}, {2 / bulk:.16g}",
                       "*SOLID SECTION, ELSET=ALL, MATERIAL=M"]

    def grid(self, more):
        return itertools.product(*(range(n + more) for n in self.count))

    def node(self, i, j, k):
        return 1 + (i * (self.count[1] + 1) + j) * (self.count[2] + 1) + k

    def node_set(self, name, nodes):
        self.lines.append(f"*NSET, NSET={name}")
        self.lines += [f"{node}," for node in nodes]

    def pull(self, by, steps, probe):
        """Moves the far end and prints the total force on it and the probe's displacement."""
        nx, ny, nz = self.count
        face = list(itertools.product(range(ny + 1), range(nz + 1)))
        self.node_set("FIXED", [self.node(0, j, k) for j, k in face])
        self.node_set("MOVED", [self.node(nx, j, k) for j, k in face])
        self.node_set("PROBE", [self.node(*probe)])
        self.lines += ["*STEP, NLGEOM, INC=100", "*CONTROLS, PARAMETERS=FIELD", "1e-9, 1e-9, , , 1e-9",
                       "*STATIC, DIRECT", f"{1 / steps:.15g}, 1.", "*BOUNDARY", "FIXED, 1, 3", "MOVED, 2, 3",
                       f"MOVED, 1, 1, {by}", "*NODE PRINT, NSET=MOVED, TOTALS=ONLY", "RF",
                       "*NODE PRINT, NSET=PROBE", "U", "*END STEP"]

    def solve(self, folder):
        """(force along x, displacement of the probe) at the end of the last increment."""
        (folder / "deck.inp").write_text("\n".join(self.lines) + "\n")
        subprocess.run(["ccx", "deck"], cwd=folder, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=True,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=300)
        text = (folder / "deck.dat").read_text()
        number = r"([-+]?\d\.\d+E[-+]\d+)"
        force = re.findall(rf"total force .* MOVED .*\n\s*\n\s*{number}", text)[-1]
        moved = re.findall(rf"displacements .* PROBE .*\n\s*\n\s*\d+\s+{number}\s+{number}\s+{number}", text)[-1]
        return float(force), [float(value) for value in moved]


class Benchmark(solved.Solved):
    def test_the_cube_agrees_to_8_digits(self):
        for count in COUNTS:
            with self.subTest(count=count):
                result = self.solve(solved.CUBE / f"cube-{count}.yaml")
                force, sideways = AGREED[count]
                self.assertEqual(result.record["elements"], count**3)
                self.assertEqual(result.record["unknowns"], 3 * (count + 1)**3)
                self.tabulate(f"force on the cube, N = {count}", result.measured["force"], force,
                              abs(result.measured["force"] / force - 1), 0.6e-8 / force)
                self.tabulate(f"sideways movement, N = {count}", result.measured["u_y"], sideways,
                              abs(result.measured["u_y"] / sideways - 1), 2e-12 / abs(sideways))
                self.assertAlmostEqual(result.measured["force"], force, delta=0.6e-8)
                self.assertAlmostEqual(result.measured["u_y"], sideways, delta=2e-12)
                self.assertAlmostEqual(result.measured["u_x"], 1.5, delta=2e-12)  # the middle, by symmetry

    def test_the_fibrous_sheet_agrees_to_8_digits(self):
        result = self.solve(solved.CUBE.parent / "sheet" / "sheet.yaml")
        self.assertEqual(result.record["unknowns"], 15147)
        self.assert_near(result.measured["force"], 1.3472945, 0.5e-7 / 1.3472945)

    def check_with_calculix(self, result, deck, probe_axes):
        force, moved = deck.solve(self.folder)
        self.assert_near(result.measured["force"], force, 1e-6)
        for name, axis in probe_axes.items():
            self.assert_near(result.measured[name], moved[axis], 1e-6)

    def test_calculix_gives_the_same_cube_to_6_digits(self):
        deck = Deck((10, 10, 10), (10, 10, 10), (0.1 / 2.8, 0.1 / 0.6))
        deck.pull(3, 5, (5, 10, 5))
        self.check_with_calculix(self.solve(solved.CUBE / "cube-10.yaml"), deck, {"u_x": 0, "u_y": 1})

    def test_calculix_gives_the_same_strip_to_6_digits(self):
        self.tissue("soft", 0.4, 0.9, volumetric="quadratic")
        deck = Deck((16, 4, 2), (16, 4, 2), (0.4, 0.9))
        deck.pull(5, 4, (4, 4, 1))
        self.check_with_calculix(self.solve(STRIP), deck, {"u_x": 0, "u_y": 1})


if __name__ == "__main__":
    solved.tap.main()
