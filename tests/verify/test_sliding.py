"""Surfaces that slide far: blocks dragged over twenty elements, films and springs beside closed forms, whole turns."""

import math

import gliding
import solved
import tap

from gliding import CONTACT, FILM, MATRIX, VISCOSITY

SPRINGS = gliding.numbers(slip_stiffness="0.001 MPa/mm")
BONDS = gliding.numbers(bond_slip_stiffness="0.001 MPa/mm", bond_opening_stiffness="0.001 MPa/mm")

SCENARIO = """striffin: 1
name: pair
tissues: {{solid: solid, between: between}}
anatomy:
  generator: gmsh
  file: blocks.msh
  unit: mm
  regions: [{{name: lower, tissue: solid}}, {{name: upper, tissue: solid}}]
  interfaces: [{{name: glide, lower: lower_top, upper: upper_bottom, tissue: between, sliding: {sliding}}}]
mesh: {{element: hex8}}
rigids: [{{name: plate, attach: upper_top}}]
"""
DRAG = """solve: {{steps: {steps}, tolerance: 1e-9}}
timeline:
  - {{do: grip, where: lower_bottom}}
  - {{for: 1 s, do: move, rigid: plate, by: [0 mm, 0 mm, -0.005 mm]}}
  - {{for: 0.2 s, do: move, rigid: plate, by: [{way} mm, 0 mm, 0 mm]}}
measure:
  - {{name: force, what: rigid_force, rigid: plate, along: x}}
  - {{name: aside, what: rigid_force, rigid: plate, along: y}}
  - {{name: normal, what: rigid_force, rigid: plate, along: z}}
  - {{name: slip, what: slip, interface: glide}}
  - {{name: opening, what: opening, interface: glide}}
  - {{name: loss, what: interface_loss, interface: glide}}
"""
LENGTH, WIDTH = 5.2, 1.4  # [mm] of the upper block, with 7 x 3 elements over 1 mm wide ones of the lower


class Slide(gliding.Gliding):
    def prepare(self, glide, steps=10, way=20, shear=1000, sliding="large"):
        self.write_tissues(CONTACT + glide, shear)
        self.write("blocks.msh", boxes([("lower", (0, 0, 0), (28, 2, 0.5), (28, 2, 1)),
                                        ("upper", (1.3, 0.3, 0.5), (1.3 + LENGTH, 0.3 + WIDTH, 1), (7, 3, 1))]))
        self.write("pair.yaml", SCENARIO.format(sliding=sliding) + DRAG.format(steps=steps, way=way))

    def result(self, *words, name="pair"):
        self.succeeds("run", "-q", "--no-report", *(words or ("-j", "1")), "pair.yaml", "-o", f"out/{name}")
        return solved.Result(self.folder / "out" / name)

    def rows_from(self, result, time):
        return [i for i, at in enumerate(result.curve["time"]) if at > time * (1 + 1e-9)]

    def judge_effort(self, result, steps):
        """No step was tried in vain again and again, and Newton's method never struggled."""
        self.assertLessEqual(steps, 20 / (0.9 * 0.25) + 10)
        self.assertLessEqual(result.record["linear_solver"]["solves"], 4 * steps, "Newton's method or steps chatter")

    # ---- dragged over twenty elements ----

    def test_a_film_drags_evenly_over_twenty_elements(self):
        self.prepare(FILM + MATRIX)
        result = self.result()
        late, work = self.rows_from(result, 1), 0
        self.judge_effort(result, len(late))
        self.assertGreater(len(late), 80)  # no farther than a quarter of a facet at once
        worst = [0, 0]
        for i in late:
            wanted = VISCOSITY * 100 / (0.1 + result.curve["opening"][i]) * LENGTH * WIDTH
            worst[0] = max(worst[0], abs(result.curve["force"][i] / wanted - 1))
            worst[1] = max(worst[1], abs(result.curve["normal"][i] / result.curve["normal"][late[0] - 1] - 1))
            work += result.curve["force"][i] * 100 * (result.curve["time"][i] - result.curve["time"][i - 1])
        self.assertLess(worst[0], 1e-4)
        self.assertLess(worst[1], 1e-4)
        self.assertLess(abs(result.curve["loss"][-1] / work - 1), 1e-4)

    def drag_springs(self, steps, way):
        """(error of the force and of the energy's balance, as shares of what they come to)."""
        self.prepare(SPRINGS, steps, way)
        result, k = self.result(name=f"springs{steps}"), 0.001
        late, work, error = self.rows_from(result, 1), 0, 0
        final = k * WIDTH * LENGTH ** 2 / 2
        for i in late:
            slid, step = (way / 0.2 * (result.curve["time"][i] - at) for at in (1, result.curve["time"][i - 1]))
            wanted = k * WIDTH * slid * (LENGTH - slid / 2) if slid < LENGTH else final
            error = max(error, abs(result.curve["force"][i] - wanted) / final)
            work += (result.curve["force"][i] - 0.5 * k * WIDTH * LENGTH * step) * step  # mean over the step
        stored = k * WIDTH * LENGTH ** 3 / 6
        return error, abs(work - stored - result.curve["loss"][-1]) / work

    def test_springs_are_stretched_and_left_behind(self):
        """They hold what they are stretched by, k w (D L - D^2/2), until all under the block are new: k w L^2/2."""
        coarse, fine = self.drag_springs(10, 20), self.drag_springs(60, 6)  # 0.225 and 0.1 of a facet at once
        self.assertLess(coarse[0], 0.06)
        self.assertLess(fine[0], 0.6 * coarse[0])
        self.assertLess(coarse[1], 0.02)  # places know a mean slip, no slope of it
        self.assertLess(fine[1], 0.02)

    def test_adhesions_that_are_left_behind_are_broken(self):
        self.prepare(BONDS, 4, 8)
        text = (self.folder / "pair.yaml").read_text() + """  - {name: bonded, what: bonded_area, interface: glide}
  - {name: broken, what: broken_bonds, interface: glide}
adhesions: [{shape: everywhere, interface: glide, share: 60 %}]
"""
        (self.folder / "pair.yaml").write_text(text)
        result = self.result()
        at = [i for i in self.rows_from(result, 1) if result.curve["bonded"][i] > 0.2 * LENGTH * WIDTH]
        for i in at:  # no bond breaks while it is under the block, and each pulls by its own stretch
            way, before = (40 * (result.curve["time"][k] - 1) for k in (i, i - 1))
            left = 0.6 * WIDTH * (LENGTH - before)  # when the step began
            self.assertLess(abs(result.curve["bonded"][i] - left), 1e-4 * LENGTH * WIDTH)
            self.assertLess(abs(result.curve["force"][i] - 0.001 * way * left), 1e-3 * 0.001 * WIDTH * LENGTH ** 2 / 4)
        self.assertGreater(len(at), 10)
        for bonded, broken in zip(result.curve["bonded"], result.curve["broken"]):
            self.assertLess(abs(bonded / (0.6 * LENGTH * WIDTH) + broken - 1), 0.01)
        self.assertEqual(result.curve["bonded"][-1], 0)

    # ---- slips that are small ----

    def test_tiny_slips_are_as_if_pairs_stayed(self):
        """Of stiff blocks, which keep their shape when pressed, over 1e-7 of a facet: what is newly covered counts."""
        self.prepare(SPRINGS + FILM, 4, 1e-7, 1e6)
        large = self.result(name="large")
        self.prepare(SPRINGS + FILM, 4, 1e-7, 1e6, "small")
        small = self.result(name="small")
        for name, curve in small.curve.items():
            size = max(abs(small.curve["normal" if name in ("force", "aside", "loss") else name]))
            size *= 0.005 if name == "loss" else 1  # energy: of what pressed
            self.assertLess(max(abs(curve - large.curve[name])), 1e-8 * size, name)

    def test_pairs_that_stay_are_warned_of(self):
        for sliding in ("small", "large"):
            self.prepare(SPRINGS, 4, 0.7, sliding=sliding)
            done = self.striffin("run", "-q", "--no-report", "-j", "1", "pair.yaml", "-o", "out/" + sliding)
            self.assertEqual(done.returncode, 0)
            self.assertEqual(done.stderr.count("sliding: large"), sliding == "small", done.stderr)
        self.assertEqual(done.stderr, "")

    # ---- processes, and runs that are stopped ----

    def test_two_processes_find_what_one_does(self):
        self.prepare(SPRINGS + FILM, 10, 3, shear=1)
        one = self.result("-j", "1", name="one")
        for ranks in (2, 3):
            other = self.result("-j", str(ranks), name=f"on{ranks}")
            for name, curve in one.curve.items():
                self.assertEqual(len(curve), len(other.curve[name]))
                size = max(abs(one.curve["force"])) if name == "aside" else max(abs(curve))
                self.assertLess(max(abs(curve - other.curve[name])), 1e-5 * size, name)

    def test_a_run_that_was_killed_ends_in_the_same_bytes(self):
        self.prepare(SPRINGS + FILM, 20, 5, shear=1)
        for ranks in ("1", "2"):
            self.result("-j", ranks, name="whole" + ranks)
            process = self.start("run", "-q", "--no-report", "-j", ranks, "pair.yaml", "-o", "out/killed" + ranks)
            self.wait_for_checkpoint("killed" + ranks, process)
            self.kill(process)
            self.wait_until_nobody_writes("killed" + ranks)
            self.succeeds("resume", "-q", f"out/killed{ranks}.part")
            for name in ("curves.csv", "fields.pvd"):
                one, other = ((self.folder / "out" / (run + ranks) / name).read_bytes() for run in ("whole", "killed"))
                self.assertEqual(one, other, name)

    # ---- turned, and round a cylinder ----

    def test_a_whole_turn_makes_no_forces(self):
        self.prepare(SPRINGS + FILM, 6)
        text = (self.folder / "pair.yaml").read_text()
        text = text[:text.index("rigids:")] + """rigids:
  - {name: plate, attach: upper_top}
  - {name: base, attach: lower_bottom}
solve: {steps: 6, tolerance: 1e-10}
timeline:
  - {do: fix, rigid: base}
  - {for: 1 s, do: move, rigid: plate, by: [0 mm, 0 mm, -0.005 mm]}
  - {for: 9 s, do: move, rigid: plate, turn: 90 deg, axis: [0.3, 1, 0.2], through: [0 mm, 0 mm, 0 mm]}
  - {for: 9 s, at: 1 s, do: move, rigid: base, turn: 90 deg, axis: [0.3, 1, 0.2], through: [0 mm, 0 mm, 0 mm]}
measure:
  - {name: x, what: rigid_force, rigid: plate, along: x}
  - {name: y, what: rigid_force, rigid: plate, along: y}
  - {name: z, what: rigid_force, rigid: plate, along: z}
  - {name: slip, what: slip, interface: glide}
  - {name: loss, what: interface_loss, interface: glide}
"""
        (self.folder / "pair.yaml").write_text(text)
        result = self.result()
        late = self.rows_from(result, 0.9)
        sizes = [math.sqrt(sum(result.curve[axis][i] ** 2 for axis in "xyz")) for i in late]
        self.assertEqual(len(late), 7)
        self.assertGreater(abs(result.curve["x"][-1]), 0.9 * sizes[0])  # it did turn
        for i, size in zip(late, sizes):
            self.assertLess(abs(size / sizes[0] - 1), 1e-6)
            self.assertLess(abs(result.curve["slip"][i] - result.curve["slip"][late[0]]), 1e-11)  # [mm], over 44
        self.assertLess(abs(result.curve["loss"][-1]), 1e-9)  # [N mm], of 3e-4 stored

    def test_a_shell_slides_round_a_cylinder(self):
        self.prepare(FILM + MATRIX, shear=1)
        radius, steps = 20, 60
        write = boxes([("lower", (0, 0, 0), (32, 2, 0.5), (32, 2, 1)),
                       ("upper", (1.3, 0.3, 0.5), (1.3 + LENGTH, 0.3 + WIDTH, 1), (7, 3, 1))],
                      lambda x, y, z: ((radius - 0.5 + z) * math.sin(x / radius), y,
                                       (radius - 0.5 + z) * math.cos(x / radius)))
        self.write("blocks.msh", write)
        text = (self.folder / "pair.yaml").read_text()
        text = text[:text.index("solve:")] + f"solve: {{steps: {steps}, tolerance: 1e-8}}" + """
timeline:
  - {do: grip, where: lower_bottom}
  - {for: 0.03 s, do: move, rigid: plate, turn: 0.15 rad, axis: [0, 1, 0], through: [0 mm, 0 mm, 0 mm]}
measure:
  - {name: moment, what: rigid_moment, rigid: plate, along: y}
  - {name: x, what: rigid_force, rigid: plate, along: x}
  - {name: z, what: rigid_force, rigid: plate, along: z}
  - {name: slip, what: slip, interface: glide}
  - {name: opening, what: opening, interface: glide}
  - {name: loss, what: interface_loss, interface: glide}
"""
        (self.folder / "pair.yaml").write_text(text)
        result = self.result()
        t = result.curve["time"]
        angle = [1.3 / radius + k * LENGTH / 7 / radius for k in range(8)]  # of the plate's nodes, of its middle
        middle = sum(angle) / 8
        arm = (radius + 0.5) * sum(math.cos(a - middle) for a in angle) / 8
        wanted, work, ratio = VISCOSITY * 100 * radius * LENGTH * WIDTH, 0, []
        for i in range(1, len(t)):
            at = middle + 5 * t[i]
            moment = result.curve["moment"][i] + arm * (math.cos(at) * result.curve["x"][i]
                                                        - math.sin(at) * result.curve["z"][i])
            work += 5 * moment * (t[i] - t[i - 1])
            ratio.append(moment * (0.1 + result.curve["opening"][i]) / wanted)
        self.assertLess(abs(sum(ratio) / len(ratio) - 1), 0.02)
        self.assertLess(max(abs(r - 1) for r in ratio), 0.1)
        self.assertLess(abs(result.curve["loss"][-1] / work - 1), 0.03)


def boxes(blocks, place=lambda x, y, z: (x, y, z)):
    """Boxes (name, corner, opposite corner, numbers of elements), bent by `place`, as Gmsh writes them."""
    nodes, elements, names = [], [], []
    for which, (name, low, high, counts) in enumerate(blocks):
        first = len(nodes) + 1
        n, m, k = counts
        nodes += [place(*(low[i] + (high[i] - low[i]) * at[i] / counts[i] for i in range(3)))
                  for at in ((a, b, c) for a in range(n + 1) for b in range(m + 1) for c in range(k + 1))]
        names += [f'2 {1 + 2 * which} "{name}_bottom"', f'2 {2 + 2 * which} "{name}_top"', f'3 {50 + which} "{name}"']

        def at(a, b, c, first=first, m=m, k=k):
            return first + (a * (m + 1) + b) * (k + 1) + c

        for a in range(n):
            for b in range(m):
                under = [at(a, b, 0), at(a, b + 1, 0), at(a + 1, b + 1, 0), at(a + 1, b, 0)]
                over = [at(a, b, k), at(a + 1, b, k), at(a + 1, b + 1, k), at(a, b + 1, k)]
                elements += [(3, 1 + 2 * which, under), (3, 2 + 2 * which, over)]
                elements += [(5, 50 + which, [at(a + i, b + j, c + level) for level in (0, 1)
                                              for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))]) for c in range(k)]
    lines = ["$MeshFormat", "2.2 0 8", "$EndMeshFormat", "$PhysicalNames", str(len(names)), *names,
             "$EndPhysicalNames", "$Nodes", str(len(nodes))]
    lines += [f"{i + 1} {x!r} {y!r} {z!r}" for i, (x, y, z) in enumerate(nodes)]
    lines += ["$EndNodes", "$Elements", str(len(elements))]
    lines += [f"{i + 1} {kind} 2 {group} {group} " + " ".join(map(str, cell))
              for i, (kind, group, cell) in enumerate(elements)]
    return "\n".join(lines + ["$EndElements", ""])


if __name__ == "__main__":
    tap.main()
