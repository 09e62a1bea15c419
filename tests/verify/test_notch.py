"""A notched and a plain sheet, torn on three meshes: force and energy belong to the tissue, not to the elements."""

import csv

import solved
import tap

LENGTH, WIDTH, THICKNESS, NOTCH = 2, 2, 0.5, 0.5  # [mm]; the notch is half a millimetre long, too, and in the middle
TISSUE = """striffin-tissue: 1
name: sheet
title: fibrils that tear
matrix:
  law: neo-hookean-drained
  shear_modulus: {value: 1 MPa, grade: "estimated: test"}
  poisson_ratio: {value: 0.3, grade: "estimated: test"}
fibres:
  - name: fibrils
    law: fibrils
    fraction: {value: 50 %, grade: "estimated: test"}
    modulus: {value: 300 MPa, grade: "estimated: test"}
    straightening_stretch: {value: 1.02, grade: "estimated: test"}
    straightening_sd: {value: 0.005, grade: "estimated: test"}
    breaking_rate: {value: 1e-4 1/s, grade: "estimated: test"}
    breaking_stress: {value: 3 MPa, grade: "estimated: test"}
    strength_scatter: {value: 40 %, grade: "estimated: test"}
    averaging_length: {value: 0.6667 mm, grade: "estimated: test"}
"""
SCENARIO = """striffin: 1
name: sheet
tissues: {sheet: sheet}
anatomy:
  generator: gmsh
  file: sheet.msh
  unit: mm
  regions: [{name: body, tissue: sheet, fibres: [0 deg]}]
mesh: {element: hex8}
solve: {steps: 40}
timeline:
  - {at: 0 s, do: grip, where: x_min}
  - {for: 10 s, do: pull, where: x_max, by: 0.23 mm}
  - {for: 10 s, do: pull, where: x_max, by: -0.23 mm}
measure:
  - {name: extension, what: grip_extension}
  - {name: force, what: grip_force, where: x_max}
  - {name: strength, what: peak, of: force}
  - {name: dissipated, what: area, of: force, over: extension}
"""
MESHES = 6, 12, 24  # elements in a millimetre: they are 1/4, 1/8 and 1/16 of the averaging length


def mesh(per_mm, notched):
    """One layer of cubes, as Gmsh writes it."""
    number, nodes, cells = {}, [], []

    def node(i, j, k):
        if (i, j, k) not in number:
            number[i, j, k] = len(nodes) + 1
            nodes.append((i / per_mm, j / per_mm, k * THICKNESS))
        return number[i, j, k]

    for i in range(LENGTH * per_mm):
        for j in range(WIDTH * per_mm):
            x, y = (i + 0.5) / per_mm - LENGTH / 2, (j + 0.5) / per_mm
            if not (notched and 0 < x < NOTCH and y < NOTCH):
                cells.append([node(i + a, j + b, k) for k in (0, 1) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))])
    sides = []
    for j in range(WIDTH * per_mm):
        sides.append((1, [node(0, j, 0), node(0, j, 1), node(0, j + 1, 1), node(0, j + 1, 0)]))
        end = LENGTH * per_mm
        sides.append((2, [node(end, j, 0), node(end, j + 1, 0), node(end, j + 1, 1), node(end, j, 1)]))
    elements = [(3, group, cell) for group, cell in sides] + [(5, 3, cell) for cell in cells]
    lines = ["$MeshFormat", "2.2 0 8", "$EndMeshFormat", "$PhysicalNames", "3", '2 1 "x_min"', '2 2 "x_max"',
             '3 3 "body"', "$EndPhysicalNames", "$Nodes", str(len(nodes))]
    lines += [f"{n + 1} {x!r} {y!r} {z!r}" for n, (x, y, z) in enumerate(nodes)]
    lines += ["$EndNodes", "$Elements", str(len(elements))]
    lines += [f"{n + 1} {kind} 2 {group} 1 {' '.join(map(str, cell))}" for n, (kind, group, cell) in
              enumerate(elements)]
    return "\n".join([*lines, "$EndElements", ""])


class Notch(solved.program.Program):
    def tear(self, per_mm, notched):
        """Peak of the force [N], and what is lost in a pull beyond it and back [N mm]."""
        self.write("tissues/sheet.yaml", TISSUE)
        self.write("sheet.yaml", SCENARIO)
        self.write("sheet.msh", mesh(per_mm, notched))
        self.succeeds("run", "-q", "-j", "1", "--no-report", "sheet.yaml")
        with (self.folder / "out/sheet/curves.csv").open() as file:
            rows = [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]
        peak, farthest = max(row[2] for row in rows), max(rows, key=lambda row: row[1])
        self.assertLess(farthest[2], 0.95 * peak)  # beyond it
        self.assertLess(abs(rows[-1][2]), 0.01 * peak)
        return peak, sum((b[1] - a[1]) * (a[2] + b[2]) / 2 for a, b in zip(rows, rows[1:]))

    def test_force_and_dissipated_energy_do_not_depend_on_the_mesh(self):
        found = {notched: [self.tear(per_mm, notched) for per_mm in MESHES] for notched in (False, True)}
        for notched, runs in found.items():
            for what, values in zip(("peak of the force", "dissipated energy"), zip(*runs)):
                spread = max(values) / min(values) - 1
                self.assertLess(spread, 0.03, (notched, what, values))
        plain, notched = found[False][-1], found[True][-1]
        self.assertLess(notched[0], 0.95 * plain[0])
        self.assertGreater(notched[0], 0.6 * plain[0])


if __name__ == "__main__":
    tap.main()
