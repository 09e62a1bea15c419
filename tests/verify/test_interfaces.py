"""Layers that glide: even stress across meshes that match or not, films, bonds and shear lag beside closed forms."""

import csv
import math

import numpy

import gliding
import tap

from gliding import CONTACT, FILM, GLIDE

SPRINGS = gliding.numbers(slip_stiffness="0.05 MPa/mm")
BONDS = gliding.numbers(bond_slip_stiffness="0.5 MPa/mm", bond_opening_stiffness="1 MPa/mm",
                        bond_breaking_rate="1e-3 1/s", bond_breaking_stress="0.02 MPa")
STACK = """striffin: 1
name: pair
tissues: {{solid: solid, between: between}}
anatomy:
  generator: stack
  length: {length} mm
  width: {width} mm
  layers:
    - {{name: lower, tissue: solid, thickness: 0.5 mm}}
    - {{name: upper, tissue: solid, thickness: 0.5 mm}}
  interfaces:
    - {{name: glide, above: lower, tissue: between}}
mesh: {{element: hex8, size: {size} mm}}
"""


class Glide(gliding.Gliding):
    def prepare(self, text, glide, shear):
        self.write_tissues(CONTACT + glide, shear)
        self.write("pair.yaml", text)

    def result(self, *words, name="pair"):
        return self.finished(name, *words)

    # ---- even stress ----

    SQUEEZE = """solve: {{steps: 2, tolerance: 1e-12}}
timeline:
  - {{do: grip, where: {low}, hold: free}}
  - {{do: grip, where: {high}, hold: free}}
  - {{for: 1 s, do: pull, where: {high}, by: -0.02 mm}}
measure:
  - {{name: force, what: grip_force, where: {high}}}
  - {{name: least, what: extreme, of: stress, which: smallest}}
  - {{name: opening, what: opening, interface: glide}}
  - {{name: stress, what: interface_stress, interface: glide, along: z}}
"""

    def judge_even(self, result, area):
        stress = result.measured["force"] / area
        self.assertLess(stress, -0.1)
        self.assertLess(abs(result.measured["least"] / stress - 1), 1e-10)  # no element bears more than their mean
        self.assertLess(abs(abs(result.measured["stress"] / stress) - 1), 1e-10)

    def test_stress_is_even_across_nodes_that_match(self):
        self.prepare(STACK.format(length=4, width=3, size=0.5) + self.SQUEEZE.format(low="z_min", high="z_max"), "", 5)
        self.judge_even(self.result(), 12)

    def test_stress_is_even_across_nodes_that_do_not_match(self):
        self.write("blocks.msh", blocks((4, 3, 2), (5, 4, 1)))
        text = STACK.format(length=4, width=3, size=0.5)
        text = text[:text.index("anatomy:")] + """anatomy:
  generator: gmsh
  file: blocks.msh
  unit: mm
  regions: [{name: lower, tissue: solid}, {name: upper, tissue: solid}]
  interfaces: [{name: glide, lower: lower_top, upper: upper_bottom, tissue: between}]
mesh: {element: hex8}
""" + self.SQUEEZE.format(low="bottom", high="top")
        self.prepare(text, "", 5)
        self.judge_even(self.result(), 12)

    # ---- a lap joint ----

    def test_a_lap_joint_stretches_as_its_shear_lag_says(self):
        """Two bars of stiffness S = E t, tied by k: F L/2S + F/(S b) coth(b L/2), b^2 = 2k/S (volkersen1938)."""
        length, k, S, errors = 20, 0.05, 2 * 40 * 0.5, []
        for size in (1, 0.5):
            self.prepare(STACK.format(length=length, width=1, size=size) + """solve: {steps: 1}
timeline:
  - {do: symmetry, where: z_min}
  - {do: symmetry, where: z_max}
  - {do: symmetry, where: y_min}
  - {do: symmetry, where: y_max}
  - {do: grip, where: lower_x_min, hold: free}
  - {do: grip, where: upper_x_max, hold: free}
  - {for: 1 s, do: pull, where: upper_x_max, by: 0.002 mm}
measure:
  - {name: force, what: grip_force, where: upper_x_max}
""", SPRINGS, 40)
            force = self.result().curve["force"][-1]
            b = math.sqrt(2 * k / S)
            wanted = 0.002 / (length / (2 * S) + 1 / (S * b * math.tanh(b * length / 2)))
            errors.append(abs(force / wanted - 1))
        self.assertLess(errors[-1], 0.005, errors)

    # ---- films and bonds between plates ----

    PLATES = """solve: {{steps: {steps}}}
timeline:
  - {{do: grip, where: z_min}}
  - {{do: fix, rigid: plate}}
  - {{for: {time} s, do: move, rigid: plate, by: [{by} mm, 0 mm, 0 mm]}}
  - {{for: {wait} s, do: hold}}
measure:
  - {{name: force, what: rigid_force, rigid: plate, along: x}}
  - {{name: bonded, what: bonded_area, interface: glide}}
  - {{name: slip, what: slip, interface: glide}}
  - {{name: loss, what: interface_loss, interface: glide}}
"""

    def plates(self, glide, steps, way, adhesions="", shear=1e5):
        """The upper plate moves by `way[1]` in a time `way[0]` and then waits for `way[2]`."""
        time, by, wait = way
        text = STACK.format(length=2, width=2, size=0.5) + "rigids: [{name: plate, attach: z_max}]\n" + adhesions
        self.prepare(text + self.PLATES.format(steps=steps, time=time, by=by, wait=wait), glide, shear)

    def test_a_film_drags_as_couette_says(self):
        self.plates(FILM, 4, (1, 1, 1), shear=10)
        result = self.result()
        at = list(result.curve["time"]).index(1)
        wanted = 4 * gliding.VISCOSITY * 1 / 0.1
        self.assertLess(abs(result.curve["force"][at] / wanted - 1), 2e-6)  # plates yield by 8e-7 mm
        self.assertLess(abs(result.curve["loss"][at] / wanted - 1), 2e-6)  # over 1 mm
        self.assertLess(abs(result.curve["force"][-1]), 1e-6 * wanted)

    TWIST = """rigids: [{name: plate, attach: z_max}]
solve: {steps: 2}
timeline:
  - {do: grip, where: z_min}
  - {do: fix, rigid: plate}
  - {for: 1 s, do: move, rigid: plate, turn: 0.01 rad, axis: [0, 0, 1], through: [1 mm, 0 mm, 0.5 mm]}
measure:
  - {name: moment, what: rigid_moment, rigid: plate, along: z}
"""

    def test_a_film_under_a_plate_that_turns_bears_the_moment_of_stokes_flow(self):
        """eta omega/h times the integral of r^2, a^4/6 of a square; nodes add 2 (size/a)^2 of that."""
        wanted, errors = gliding.VISCOSITY * 0.01 / 0.1 * 2 ** 4 / 6, []
        for size in (0.25, 0.125):
            self.prepare(STACK.format(length=2, width=2, size=size) + self.TWIST, FILM, 10)
            errors.append(self.result(name=f"twist{size}").curve["moment"][-1] / wanted - 1)
        self.assertLess(abs(errors[0] / (2 * (0.25 / 2) ** 2) - 1), 0.01, errors)
        self.assertLess(abs((4 * errors[1] - errors[0]) / 3), 1e-4, errors)

    KNIT = "adhesions: [{shape: everywhere, interface: glide, share: 60 %}]\n"

    def test_bonds_that_are_held_break_at_their_rate(self):
        self.plates(BONDS, 20, (1e-6, 0.1, 10), self.KNIT)
        result = self.result()
        rate = 1e-3 * (math.exp(0.5 * 0.1 / 0.02) - 1)
        late = [i for i, time in enumerate(result.curve["time"]) if time > 0.1]
        self.assertGreater(len(late), 10)
        for i in late:
            wanted = 4 * 0.6 * math.exp(-rate * result.curve["time"][i])
            self.assertLess(abs(result.curve["bonded"][i] / wanted - 1), 1e-4)
        self.assertLess(result.curve["bonded"][-1], 4 * 0.6 * 0.95)

    BLOOD = """  bleeding: {value: 0.5 mm, grade: "estimated: test"}
  blood_half_life: {value: 5 s, grade: "estimated: test"}
"""
    BRUISE = """  - {name: blood, what: blood_volume, interface: glide}
  - {name: area, what: bruise_area, interface: glide, seen: 0.005 mm}
  - {name: depth, what: bruise_depth, interface: glide, surface: z_max}
"""

    def test_broken_bonds_leave_a_bruise(self):
        self.plates(BONDS + self.BLOOD, 20, (1e-6, 0.1, 10), self.KNIT)
        text = (self.folder / "pair.yaml").read_text()
        self.write("pair.yaml", text + self.BRUISE)
        curve, breaking, clearing = self.result().curve, 1e-3 * math.expm1(0.5 * 0.1 / 0.02), math.log(2) / 5
        for i, t in enumerate(curve["time"]):
            grown = (math.exp(-breaking * t) - math.exp(-clearing * t)) * breaking / (clearing - breaking)
            self.assertLess(abs(curve["blood"][i] - 4 * 0.6 * 0.5 * grown), 1e-2 * 4 * 0.6 * 0.5 * grown + 1e-8)
        self.assertEqual(set(curve["area"]), {0, 4})  # everywhere from some time on
        self.assertLess(abs(curve["depth"][-1] - 0.5), 1e-9)
        self.write("tissues/between.yaml", GLIDE + CONTACT + BONDS)
        said = self.fails(2, "check", "pair.yaml")
        self.assertIn("glide, whose tissue tells nothing of blood", said)

    def test_no_bonds_are_as_if_there_were_none(self):
        self.plates(BONDS, 4, (1, 0.3, 1))
        without = self.result(name="without")
        self.plates(BONDS, 4, (1, 0.3, 1), self.KNIT.replace("60 %", "0 %"))
        none = self.result(name="none")
        for name, curve in without.curve.items():
            self.assertEqual(list(curve), list(none.curve[name]))

    def test_specimens_of_an_ensemble_differ_in_what_lies_between(self):
        self.plates(SPRINGS, 2, (1, 0.1, 1))
        text = (self.folder / "pair.yaml").read_text()
        self.write("pair.yaml", text + """ensemble:
  members: 3
  scatter:
    - {tissue: between, parameter: glide.slip_stiffness, cv: 50 %, grade: "estimated: test"}
""")
        result = self.result("--members", "3")
        with (result.folder / "ensemble.csv").open() as file:
            rows = list(csv.DictReader(file))
        stiffness = "between.glide.slip_stiffness [MPa/mm]"
        self.assertEqual(len({row[stiffness] for row in rows}), 3)
        for row in rows:
            self.assertLess(abs(float(row["force [N]"]) / (4 * 0.1 * float(row[stiffness])) - 1), 1e-5)

    # ---- a film that is squeezed out ----

    KNUCKLE = """tools:
  - {{shape: sphere, name: knuckle, against: z_max, centre: [2 mm, 0 mm, 4.001 mm], radius: 3 mm, stiffness: 2 MPa}}
solve: {{tolerance: 1e-10, steps: 6}}
timeline:
  - {{do: grip, where: z_min}}
  - {{for: 1 s, do: move, rigid: knuckle, by: [0 mm, 0 mm, -0.1 mm]}}
  - {{for: {time} s, do: hold}}
measure:
  - {{name: film, what: film_thickness, interface: glide}}
  - {{name: opening, what: opening, interface: glide}}
  - {{name: near, what: film_thickness, interface: glide, at: [2 mm, 0 mm, 0.5 mm], radius: 0.1 mm}}
  - {{name: far, what: film_thickness, interface: glide, at: [6 mm, 0 mm, 0.5 mm], radius: 0.1 mm}}
  - {{name: near_opening, what: opening, interface: glide, at: [2 mm, 0 mm, 0.5 mm], radius: 0.1 mm}}
  - {{name: far_opening, what: opening, interface: glide, at: [6 mm, 0 mm, 0.5 mm], radius: 0.1 mm}}
  - {{name: near_stress, what: interface_stress, interface: glide, at: [2 mm, 0 mm, 0.5 mm], radius: 0.1 mm, along: z}}
  - {{name: far_stress, what: interface_stress, interface: glide, at: [6 mm, 0 mm, 0.5 mm], radius: 0.1 mm, along: z}}
"""
    SEPTA = gliding.numbers(free_slip="1 mm", septa_modulus="5 kPa", septa_stiffening="10")

    def test_a_film_is_squeezed_aside_until_its_matrix_bears_the_load_and_none_of_it_is_lost(self):
        self.prepare(STACK.format(length=6, width=4, size=0.5) + self.KNUCKLE.format(time=1e5), FILM + self.SEPTA, 0.02)
        curve = self.result("-j", "1", name="one").curve
        other = self.result("-j", "2", name="two").curve
        self.assertLess(max(abs(curve["near"] - other["near"])), 1e-8)
        self.assertLess(max(abs(curve["film"] - curve["opening"] - 0.1)), 1e-9)
        near, far = (curve[place][-1] - curve[f"{place}_opening"][-1] for place in ("near", "far"))
        self.assertLess(near, 0.08)
        fibres = 0.005 * math.log(far / near)
        load = abs(curve["near_stress"][-1] - curve["far_stress"][-1])
        self.assertLess(abs(fibres / load - 1), 1e-6)
        self.write("tissues/between.yaml", GLIDE + CONTACT + self.SEPTA)
        self.assertIn("glide, whose tissue tells of no film", self.fails(2, "check", "pair.yaml"))

    # ---- multigrid across what glides ----

    PRESSED = """adhesions: [{shape: patch, interface: glide, at: [5 mm, 0 mm, 0.5 mm], radius: 1.5 mm}]
tools:
  - {shape: sphere, name: knuckle, against: z_max, centre: [5 mm, 0 mm, 5.001 mm], radius: 4 mm,
     friction: 0.3, stiffness: 2 MPa}
timeline:
  - {do: grip, where: z_min}
  - {for: 1 s, do: move, rigid: knuckle, by: [0 mm, 0 mm, -0.2 mm]}
  - {for: 60 s, do: move, rigid: knuckle, by: [0.6 mm, 0 mm, 0 mm]}
measure:
  - {name: down, what: rigid_force, rigid: knuckle, along: z}
  - {name: along, what: rigid_force, rigid: knuckle, along: x}
  - {name: bonded, what: bonded_area, interface: glide}
  - {name: slip, what: slip, interface: glide}
"""

    def pressed(self, linear, *words):
        text = STACK.format(length=10, width=6, size=0.5) + f"solve: {{steps: 4, linear: {linear}}}\n" + self.PRESSED
        self.prepare(text, SPRINGS + FILM + BONDS, 0.2)
        return self.result(*words, name=linear)

    def test_multigrid_finds_what_factors_do_across_a_glide_and_under_a_tool(self):
        direct = self.pressed("direct")
        self.assertLess(direct.curve["bonded"][-1], 0.99 * direct.curve["bonded"][0])
        for processes in ("1", "2"):
            levels = self.pressed("multigrid", "-j", processes)
            solver = levels.record["linear_solver"]
            self.assertEqual((solver["method"], solver["replaced"]), ("multigrid", 0))
            for name, curve in direct.curve.items():
                self.assertLess(max(abs(levels.curve[name] - curve)), 1e-6 * max(abs(curve)), name)

    # ---- processes, and runs that are stopped ----

    TORN = """adhesions: [{shape: patch, interface: glide, at: [2 mm, 0 mm, 0.5 mm], radius: 0.8 mm}]
solve: {steps: 12}
timeline:
  - {do: grip, where: z_min}
  - {for: 2 s, do: move, rigid: plate, by: [0.4 mm, 0 mm, 0 mm]}
measure:
  - {name: force, what: rigid_force, rigid: plate, along: x}
  - {name: bonded, what: bonded_area, interface: glide}
  - {name: near, what: slip, interface: glide, at: [2 mm, 0 mm, 0.5 mm], radius: 0.8 mm}
  - {name: far, what: slip, interface: glide}
"""

    def torn(self):
        text = STACK.format(length=4, width=2, size=0.5) + "rigids: [{name: plate, attach: z_max}]\n" + self.TORN
        self.prepare(text, SPRINGS + FILM + BONDS, 1)

    def test_two_processes_find_what_one_does(self):
        self.torn()
        one, two = self.result("-j", "1", name="one"), self.result("-j", "2", name="two")
        self.assertLess(one.curve["bonded"][-1], 0.9 * one.curve["bonded"][0])
        self.assertLess(one.curve["near"][-1], 0.97 * one.curve["far"][-1])
        for name, curve in one.curve.items():
            largest = max(abs(curve))
            for here, there in zip(curve, two.curve[name]):
                self.assertLess(abs(here - there), 1e-5 * largest, name)

    def test_what_fields_show_of_an_interface_adds_up_to_what_is_measured(self):
        self.torn()
        for processes in ("1", "2"):
            result = self.result("-j", processes, name=f"shown-{processes}")
            frame = result.frame(result.times[-1])
            at = numpy.isfinite(frame.point["slip [mm]"].ravel())
            self.assertTrue((frame.points[at][:, 2] == 0.5).all())
            places, number = numpy.unique(frame.points[at], axis=0, return_inverse=True)
            self.assertEqual(len(places), 9 * 5)
            x, y, _ = places.T
            area = 0.25 * numpy.where((x == x.min()) | (x == x.max()), 0.5, 1)
            area *= numpy.where((y == y.min()) | (y == y.max()), 0.5, 1)
            due = {"slip [mm]": 8 * result.curve["far"][-1], "bonds left": result.curve["bonded"][-1]}
            for name, measured in due.items():
                found, value = frame.point[name].ravel()[at], numpy.empty(len(places))
                value[number.ravel()] = found
                self.assertTrue((value[number.ravel()] == found).all(), name)  # ranks agree where they meet
                self.assertLess(abs(area @ value / measured - 1), 1e-6, name)

    def test_a_run_that_was_killed_ends_in_the_same_bytes(self):
        self.torn()
        self.result("-j", "1", name="whole")
        process = self.start("run", "-q", "-j", "1", "pair.yaml", "-o", "out/killed")
        self.wait_for_checkpoint("killed", process)
        self.kill(process)
        self.wait_until_nobody_writes("killed")
        self.assertEqual(self.striffin("resume", "-q", "out/killed.part").returncode, 0)
        for name in ("curves.csv", "fields.pvd"):
            one, other = ((self.folder / "out" / run / name).read_bytes() for run in ("whole", "killed"))
            self.assertEqual(one, other, name)

    # ---- a ball that is pressed and dragged ----

    BALL = """tools:
  - {name: ball, shape: sphere, radius: 2 mm, centre: [1 mm, 0 mm, 3 mm], against: z_max, friction: 0.3}
solve: {steps: 12}
timeline:
  - {do: grip, where: z_min}
  - {for: 1 s, do: move, rigid: ball, by: [0 mm, 0 mm, -0.1 mm]}
  - {for: 2 s, do: move, rigid: ball, by: [1 mm, 0 mm, 0 mm]}
measure:
  - {name: force, what: rigid_force, rigid: ball, along: x}
  - {name: loss, what: contact_loss, rigid: ball}
  - {name: slip, what: slip, interface: glide}
"""

    def test_a_ball_over_layers_is_the_same_on_two_processes_and_when_it_was_killed(self):
        self.prepare(STACK.format(length=4, width=2, size=0.5) + self.BALL, SPRINGS, 1)
        one, two = self.result("-j", "1", name="whole"), self.result("-j", "2", name="two")
        self.assertGreater(one.curve["loss"][-1], 0)
        for name, curve in one.curve.items():
            for here, there in zip(curve, two.curve[name]):
                self.assertLess(abs(here - there), 1e-5 * max(abs(curve)), name)
        process = self.start("run", "-q", "-j", "1", "pair.yaml", "-o", "out/killed")
        self.wait_for_checkpoint("killed", process)
        self.kill(process)
        self.wait_until_nobody_writes("killed")
        self.succeeds("resume", "-q", "out/killed.part")
        one, other = ((self.folder / "out" / run / "curves.csv").read_bytes() for run in ("whole", "killed"))
        self.assertEqual(one, other)

    # ---- what cannot be ----

    def test_what_cannot_be_is_refused_with_place_and_names(self):
        self.torn()
        good = (self.folder / "pair.yaml").read_text()
        for was, wrong, told in (
                ("above: lower, tissue: between", "above: lower, tissue: solid", "solid, which is no glide"),
                ("above: lower,", "above: upper,", "the topmost layer"),
                ("    - {name: glide, above: lower, tissue: between}\n",
                 "    - {name: glide, above: lower, tissue: between}\n"
                 "    - {name: more, above: lower, tissue: between}\n", "a second interface on lower, after glide"),
                ("at: [2 mm, 0 mm, 0.5 mm], radius: 0.8 mm}]", "at: [2 mm, 9 mm, 0.5 mm], radius: 0.8 mm}]",
                 "an adhesion outside of its interface glide"),
                ("interface: glide, at", "interface: glid, at", "did you mean glide"),
                ("name: upper, tissue: solid", "name: upper, tissue: between", "between, which lies between surfaces")):
            self.assertIn(was, good)
            self.write("pair.yaml", good.replace(was, wrong, 1))
            self.assertIn(told, self.fails(2, "check", "pair.yaml"))


def blocks(lower, upper):
    """Two boxes of 4 x 3 mm, half a millimetre thick, cut into these numbers of hexahedra, as Gmsh writes them."""
    nodes, elements = [], []
    for which, (counts, height) in enumerate(((lower, 0), (upper, 0.5))):
        first = len(nodes) + 1
        n, m, k = counts
        nodes += [(4 * a / n, 3 * b / m - 1.5, height + 0.5 * c / k)
                  for a in range(n + 1) for b in range(m + 1) for c in range(k + 1)]

        def at(a, b, c, first=first, m=m, k=k):
            return first + (a * (m + 1) + b) * (k + 1) + c

        for a in range(n):
            for b in range(m):
                under = [at(a, b, 0), at(a, b + 1, 0), at(a + 1, b + 1, 0), at(a + 1, b, 0)]
                over = [at(a, b, k), at(a + 1, b, k), at(a + 1, b + 1, k), at(a, b + 1, k)]
                elements += [(3, 1 + 2 * which, under), (3, 2 + 2 * which, over)]
                elements += [(5, 5 + which, [at(a + i, b + j, c + level) for level in (0, 1)
                                             for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))]) for c in range(k)]
    names = ['2 1 "bottom"', '2 2 "lower_top"', '2 3 "upper_bottom"', '2 4 "top"', '3 5 "lower"', '3 6 "upper"']
    lines = ["$MeshFormat", "2.2 0 8", "$EndMeshFormat", "$PhysicalNames", str(len(names)), *names,
             "$EndPhysicalNames", "$Nodes", str(len(nodes))]
    lines += [f"{i + 1} {x!r} {y!r} {z!r}" for i, (x, y, z) in enumerate(nodes)]
    lines += ["$EndNodes", "$Elements", str(len(elements))]
    lines += [f"{i + 1} {kind} 2 {group} {group} " + " ".join(map(str, cell))
              for i, (kind, group, cell) in enumerate(elements)]
    return "\n".join(lines + ["$EndElements", ""])


if __name__ == "__main__":
    tap.main()
