"""Layers that are knit together: lifted, peeled, turned as a whole, pressed together and parted."""

import math

import gliding
import tap

PAIR = """striffin: 1
name: pair
tissues: {{solid: solid, between: between}}
anatomy:
  generator: stack
  length: {length} mm
  width: {width} mm
  layers:
    - {{name: lower, tissue: solid, thickness: 0.5 mm, elements: 1}}
    - {{name: upper, tissue: solid, thickness: 0.5 mm, elements: 1}}
  interfaces:
    - {{name: glide, above: lower, tissue: between}}
mesh: {{element: {element}, size: {size} mm}}
adhesions: [{{shape: everywhere, interface: glide, share: {share} %}}]
"""


class Closed(gliding.Gliding):
    def prepare(self, text, glide, shear):
        self.write_tissues(gliding.numbers(**glide), shear)
        self.write("pair.yaml", text)

    def result(self, name="pair"):
        return self.finished(name, "--no-report", "-j", "1")

    # ---- a strip on bonds ----

    E, THICK, K = 10.0, 0.5, 0.0025  # [MPa] [mm] [MPa/mm]
    STRIP = """rigids: [{{name: end, attach: upper_x_max}}]
solve: {{steps: {steps}, tolerance: 1e-10}}
timeline:
  - {{do: grip, where: z_min}}
  - {{do: grip, where: upper_x_min, hold: free}}
  - {{do: fix, rigid: end, free: [{free}]}}
  - {{for: {time} s, do: move, rigid: end, {way}}}
measure:
  - {{name: force, what: rigid_force, rigid: end, along: z}}
  - {{name: moment, what: rigid_moment, rigid: end, along: y}}
  - {{name: turn, what: rigid_angle, rigid: end, along: y}}
  - {{name: bonded, what: bonded_area, interface: glide}}
  - {{name: loss, what: interface_loss, interface: glide}}
"""

    def strip(self, length, size, bonds, **words):
        """A strip one element wide on a base that does not yield; slip and closing are hardly resisted."""
        glide = {"thickness": "1 mm", "closing_stiffness": "0.001 MPa/mm", "bond_slip_stiffness": "1e-7 MPa/mm",
                 "bond_opening_stiffness": f"{self.K} MPa/mm", **bonds}
        text = PAIR.format(length=length, width=size, element="hex8-shell", size=size, share=100)
        text += self.STRIP.format(**words)
        text = text.replace("{name: lower, tissue: solid", "{name: lower, tissue: base").replace(
            "tissues: {", "tissues: {base: base, ")
        self.write("tissues/base.yaml", gliding.SOLID.format(name="base", shear=1e5))
        self.prepare(text, glide, self.E / 2)
        return self.result()

    BENDING = E * THICK ** 3 / 12
    BETA = (K / (4 * BENDING)) ** 0.25

    def test_a_lifted_end_is_held_as_a_beam_on_springs(self):
        """F = K w/(2 beta) at an end that may turn, of a strip many times 1/beta long."""
        result = self.strip(40, 0.5, {}, steps=1, free="x, turn_y", time=1, way="by: [0 mm, 0 mm, 1e-3 mm]")
        self.assert_near(result.curve["force"][-1], 0.5 * self.K * 1e-3 / (2 * self.BETA), 0.01)
        self.assert_near(math.radians(abs(result.curve["turn"][-1])), self.BETA * 1e-3, 0.01)

    def test_a_strip_is_peeled_by_the_moment_that_its_bonds_energy_asks(self):
        """
        M^2/(2 E I) = G, whatever bonds do before they break. Bonds whose stress grows at a rate R break at
        S1 (ln(R/(S1 k0)) - 0.577), scattered by pi S1/sqrt(6) (Gumbel); G is their mean S^2/(2 K).
        """
        width, curvature, turn, time = 0.25, 0.05, 0.5, 100
        strength = math.sqrt(self.BENDING * self.K) * curvature
        speed = turn / curvature / time
        rate = 2 * self.BETA * speed * strength  # [MPa/s] how fast bonds at the front are loaded
        S1 = strength / 20
        k0 = rate / S1 * math.exp(-20)
        mean = strength - 0.5772 * S1
        energy = (mean ** 2 + (math.pi * S1) ** 2 / 6) / (2 * self.K)
        result = self.strip(20, width, {"bond_breaking_rate": f"{k0!r} 1/s", "bond_breaking_stress": f"{S1!r} MPa"},
                            steps=120, free="x, z", time=time, way=f"turn: {-turn} rad, axis: [0, 1, 0]")
        bonded, moment = result.curve["bonded"], abs(result.curve["moment"])
        steady = [i for i, area in enumerate(bonded) if 0.6 * 20 < area / width < 0.85 * 20]
        self.assertGreater(len(steady), 20)
        self.assert_near(moment[steady].mean(), width * math.sqrt(2 * self.BENDING * energy), 0.01)
        first, last = steady[0], steady[-1]
        lost = (result.curve["loss"][last] - result.curve["loss"][first]) / (bonded[first] - bonded[last])
        self.assert_near(lost, energy, 0.02)

    # ---- turned as a whole ----

    ALL = {"thickness": "0.1 mm", "closing_stiffness": "20 MPa/mm", "suction": "1 kPa", "suction_gap": "0.2 mm",
           "slip_stiffness": "0.05 MPa/mm", "free_slip": "0.1 mm", "septa_modulus": "0.01 MPa",
           "septa_stiffening": "10", "hyaluronan": "3 mg/ml", "molar_mass": "2 MDa", "solvent_viscosity": "0.7 mPa s",
           "thinning_stress": "20 Pa", "thinning_exponent": "0.8", "bond_slip_stiffness": "0.5 MPa/mm",
           "bond_opening_stiffness": "1 MPa/mm", "bond_breaking_rate": "1e-3 1/s", "bond_breaking_stress": "0.02 MPa"}
    TURNED = """rigids: [{{name: base, attach: z_min}}, {{name: plate, attach: z_max}}]
solve: {{steps: 6, tolerance: 1e-13}}
timeline:
  - {{do: fix, rigid: base}}
  - {{for: 1 s, do: move, rigid: plate, by: [0.15 mm, 0.05 mm, 0.03 mm]}}
  - {{for: 2 s, do: {base}}}
  - {{for: 2 s, at: 1 s, do: {plate}}}
  - {{for: 1 s, do: move, rigid: plate, by: [{by}]}}
measure:
  - {{name: base_x, what: rigid_force, rigid: base, along: x}}
  - {{name: base_y, what: rigid_force, rigid: base, along: y}}
  - {{name: base_z, what: rigid_force, rigid: base, along: z}}
  - {{name: plate_x, what: rigid_force, rigid: plate, along: x}}
  - {{name: plate_y, what: rigid_force, rigid: plate, along: y}}
  - {{name: plate_z, what: rigid_force, rigid: plate, along: z}}
  - {{name: base_mx, what: rigid_moment, rigid: base, along: x}}
  - {{name: base_my, what: rigid_moment, rigid: base, along: y}}
  - {{name: base_mz, what: rigid_moment, rigid: base, along: z}}
  - {{name: plate_mx, what: rigid_moment, rigid: plate, along: x}}
  - {{name: plate_my, what: rigid_moment, rigid: plate, along: y}}
  - {{name: plate_mz, what: rigid_moment, rigid: plate, along: z}}
  - {{name: plate_ux, what: rigid_displacement, rigid: plate, along: x}}
  - {{name: plate_uy, what: rigid_displacement, rigid: plate, along: y}}
  - {{name: plate_uz, what: rigid_displacement, rigid: plate, along: z}}
  - {{name: base_ux, what: rigid_displacement, rigid: base, along: x}}
  - {{name: base_uy, what: rigid_displacement, rigid: base, along: y}}
  - {{name: base_uz, what: rigid_displacement, rigid: base, along: z}}
  - {{name: slip, what: slip, interface: glide}}
  - {{name: opening, what: opening, interface: glide}}
  - {{name: bonded, what: bonded_area, interface: glide}}
  - {{name: loss, what: interface_loss, interface: glide}}
"""

    def turned(self, name, base, plate, by):
        self.prepare(PAIR.format(length=2, width=1, element="hex8", size=0.5, share=60) +
                     self.TURNED.format(base=base, plate=plate, by=by), self.ALL, 1)
        return self.result(name)

    STAY = "by: [0 mm, 0 mm, 0 mm]"  # no hold: it cuts its time otherwise
    AROUND = "turn: 90 deg, axis: [0, 1, 0], through: [3 mm, 0 mm, 1 mm]"  # x becomes -z, and z becomes x

    def test_layers_that_are_turned_as_a_whole_slip_part_and_tear_alike_and_bear_no_moment(self):
        still = self.turned("still", f"move, rigid: base, {self.STAY}", f"move, rigid: plate, {self.STAY}",
                            "0.1 mm, -0.05 mm, 0.02 mm")
        turned = self.turned("turned", f"move, rigid: base, {self.AROUND}", f"move, rigid: plate, {self.AROUND}",
                             "0.02 mm, -0.05 mm, -0.1 mm")
        self.assertLess(still.curve["bonded"][-1], 0.98 * still.curve["bonded"][0])
        pairs = [(name, name, 1) for name in ("slip", "opening", "bonded", "loss", "plate_y")]
        pairs += [("plate_x", "plate_z", -1), ("plate_z", "plate_x", 1)]
        for here, there, sign in pairs:
            one, other = still.curve[here], sign * turned.curve[there]
            late = still.curve["time"] >= 3  # before that the turned one is on its way
            kept = late if here.startswith("plate") else late | True
            self.assertLess(max(abs(one - other)[kept]), 1e-8 * max(abs(one)), here)
        for result in (still, turned):
            self.judge_balance(result.curve)

    def judge_balance(self, curve):
        force = [curve[f"plate_{axis}"] for axis in "xyz"]
        size = max(max(abs(part)) for part in force)
        arm = [up + curve[f"plate_u{axis}"] - curve[f"base_u{axis}"] for axis, up in zip("xyz", (0, 0, 1))]
        for i, axis in enumerate("xyz"):
            self.assertLess(max(abs(force[i] + curve[f"base_{axis}"])), 1e-9 * size, axis)
            j, k = (i + 1) % 3, (i + 2) % 3
            moment = curve[f"plate_m{axis}"] + curve[f"base_m{axis}"] + arm[j] * force[k] - arm[k] * force[j]
            self.assertLess(max(abs(moment)), 1e-9 * size, axis)

    # ---- pressed together and parted, again and again ----

    BEATEN = """rigids: [{{name: plate, attach: z_max}}]
solve: {{steps: 4}}
timeline:
  - {{do: grip, where: z_min}}
  - {{do: fix, rigid: plate, free: [turn_x, turn_y]}}
{beats}measure:
  - {{name: force, what: rigid_force, rigid: plate, along: z}}
"""

    def test_surfaces_that_meet_and_part_ten_times_do_not_chatter(self):
        beats = [f"  - {{for: 1 s, do: move, rigid: plate, by: [0.01 mm, 0 mm, {by} mm]}}\n"
                 for _ in range(10) for by in (0.15, -0.2, 0.05)]
        glide = {key: value for key, value in self.ALL.items() if not key.startswith("bond")}
        text = PAIR.format(length=2, width=1, element="hex8", size=0.5, share=0)
        text += self.BEATEN.format(beats="".join(beats))
        self.prepare(text.replace("adhesions: [{shape: everywhere, interface: glide, share: 0 %}]\n", ""), glide, 0.1)
        result = self.result()
        self.assertEqual(len(result.curve["time"]), 4 * 30 + 1)  # no step was cut
        self.assertLessEqual(result.record["linear_solver"]["solves"], 6 * 4 * 30)  # of Newton's method
        force = result.curve["force"]
        self.assertGreater(max(force), 1e-4)  # suction
        self.assertLess(min(force), -1e-3)  # contact
        self.assertEqual(sum(1 for a, b in zip(force, force[1:]) if a * b < 0), 19)  # through nothing twice a beat

    # ---- elements that are small enough ----

    def test_check_tells_how_many_facets_the_front_of_an_adhesion_spans(self):
        """1/sqrt(k (1/S1 + 1/S2)), k of six tenths of the bonds and of slip, S = 3 G t on either side."""
        length = math.sqrt(3 * 1 * 0.5 / (2 * (0.6 * 0.5 + 0.05)))
        for size, warned in ((0.25, False), (0.5, True)):
            self.prepare(PAIR.format(length=4, width=1, element="hex8", size=size, share=60) +
                         "timeline: [{do: grip, where: z_min}, {for: 1 s, do: pull, where: z_max, by: 0 mm}]\n",
                         self.ALL, 1)
            done = self.striffin("check", "pair.yaml")
            told = (f"pair.yaml: the load of adhesions on glide dies away over {length:.3g} mm, "
                    f"{length / size:.3g} facets\npair.yaml: no faults\n")
            self.assertEqual((done.returncode, done.stdout), (0, told), done.stderr)
            self.assertEqual("over that length" in done.stderr, warned, done.stderr)


if __name__ == "__main__":
    tap.main()
