"""
The problems of bench/ against numbers that other programs agree on, and CalculiX and dolfinx solving the same equations
here. Peers read geometry and laws from the scenario, so that these stand in one place.
"""

import json
import os
import pathlib
import subprocess
import sys

import solved

sys.path.append(str(pathlib.Path(solved.program.SOURCE) / "bench"))

import calculix  # noqa: E402
import problem  # noqa: E402

# Movement of the middle of face y = 5 mm along y [mm], by problem.
SIDEWAYS = {"cube-10": -0.571813545524, "cube-20": -0.566254330569}

# How each is solved: where it ends does not depend on the number of steps. Sanitizers slow the larger one to minutes.
CUBES = {"cube-10": {"tolerance": "1e-12"}, "cube-20": {"tolerance": "1e-12", "steps": 2}}
if solved.program.SANITIZED:
    del CUBES["cube-20"]

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


class Benchmark(solved.Solved):
    def solve_problem(self, name, **solver):
        """The scenario, and what striffin finds; fails unless it has the problem's size."""
        scenario = problem.write_scenario(name, self.folder, **solver)
        result = self.solve(scenario)
        self.assertEqual(result.record["unknowns"], problem.PROBLEMS[name].unknowns)
        return scenario, result

    def dolfinx(self, scenario):
        """What dolfinx finds. Its kernels are compiled anew."""
        script = solved.program.SOURCE / "bench/peer_dolfinx.py"
        cache = {"XDG_CACHE_HOME": str(self.folder), "HOME": str(self.folder)}
        done = subprocess.run([sys.executable, script, scenario, "mumps"], env={**os.environ, **cache}, check=False,
                              capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_the_cube_agrees_to_8_digits(self):
        for name, solver in CUBES.items():
            with self.subTest(name=name):
                _, result = self.solve_problem(name, **solver)
                force, sideways = problem.PROBLEMS[name].force, SIDEWAYS[name]
                self.tabulate(f"force on {name}", result.measured["force"], force,
                              abs(result.measured["force"] / force - 1), 0.6e-8 / force)
                self.tabulate(f"sideways movement of {name}", result.measured["u_y"], sideways,
                              abs(result.measured["u_y"] / sideways - 1), 2e-12 / abs(sideways))
                self.assertAlmostEqual(result.measured["force"], force, delta=0.6e-8)
                self.assertAlmostEqual(result.measured["u_y"], sideways, delta=2e-12)
                self.assertAlmostEqual(result.measured["u_x"], 1.5, delta=2e-12)  # the middle, by symmetry

    def test_dolfinx_gives_the_same_fibrous_sheet_to_8_digits(self):
        scenario, result = self.solve_problem("sheet-15k")
        self.assert_near(result.measured["force"], problem.PROBLEMS["sheet-15k"].force, 4e-8)
        peer = self.dolfinx(scenario)
        self.assertEqual(peer["unknowns"], result.record["unknowns"])
        self.assert_near(result.measured["force"], peer["force"], 1e-8)

    def test_dolfinx_gives_the_same_nearly_incompressible_sheet_to_8_digits(self):
        scenario, result = self.solve_problem("incompressible-15k")
        self.assert_near(result.measured["force"], problem.PROBLEMS["incompressible-15k"].force, 4e-9)
        peer = self.dolfinx(scenario)
        self.assertEqual(peer["unknowns"], result.record["unknowns"] + result.record["elements"])  # and a pressure each
        self.assert_near(result.measured["force"], peer["force"], 1e-8)

    def check_with_calculix(self, scenario, result, probe):
        deck = calculix.Deck(problem.read(scenario))
        deck.pull("1e-9", probe=probe)
        deck.write(self.folder)
        force, moved = calculix.solve(self.folder)
        self.assert_near(result.measured["force"], force, 1e-6)
        self.assert_near(result.measured["u_x"], moved[0], 1e-6)
        self.assert_near(result.measured["u_y"], moved[1], 1e-6)

    def test_calculix_gives_the_same_cube_to_6_digits(self):
        scenario, result = self.solve_problem("cube-10", tolerance="1e-12")
        self.check_with_calculix(scenario, result, (5, 10, 5))

    def test_calculix_gives_the_same_strip_to_6_digits(self):
        self.tissue("soft", 0.4, 0.9, volumetric="quadratic")
        result = self.solve(STRIP)
        self.check_with_calculix(self.folder / "scenario.yaml", result, (4, 4, 1))


if __name__ == "__main__":
    solved.tap.main()
