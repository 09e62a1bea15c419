"""Vessels that break in scar and between layers: blood, and where it lies, beside closed forms and geometry."""

import math

import numpy

import gliding
import tap

from gliding import CONTACT

SCAR = """striffin-tissue: 1
name: scar
title: of a test
matrix:
  law: neo-hookean-drained
  shear_modulus: {value: 0.1 MPa, grade: "estimated: test"}
  poisson_ratio: {value: 0, grade: "estimated: test"}
fibres:
  - name: along
    law: fibrils
    fraction: {value: 50 %, grade: "estimated: test"}
    modulus: {value: 300 MPa, grade: "estimated: test"}
    straightening_stretch: {value: 1.02, grade: "estimated: test"}
    straightening_sd: {value: 1e-4, grade: "estimated: test"}
    loading_breaking: {value: 1e-3, grade: "estimated: test"}
    loading_stress: {value: 3 MPa, grade: "estimated: test"}
"""
VESSELS = """    bleeding: {value: 40 %, grade: "estimated: test"}
    blood_half_life: {value: 100 day, grade: "estimated: test"}
"""
STRIP = """striffin: 1
name: pair
tissues: {scar: scar}
anatomy:
  generator: strip
  length: 4 mm
  width: 2 mm
  layers: [{name: scar, tissue: scar, thickness: 1 mm, fibres: [0 deg], elements: 2}]
mesh: {element: hex8, size: 1 mm}
solve: {steps: 8}
timeline:
  - {do: grip, where: x_min}
  - {for: 1 s, do: pull, where: x_max, by: 0.24 mm}
measure:
  - {name: force, what: grip_force, where: x_max}
  - {name: blood, what: blood_volume}
"""
LEAKS = """  - {name: layer, what: blood_volume, layer: scar}
  - {name: far, what: blood_volume, layer: scar, at: [0 mm, 0 mm, 0.5 mm], radius: 1.9 mm}
  - {name: depth, what: bruise_depth, surface: z_max}
  - {name: shallowest, what: bruise_depth, surface: z_max, quantile: 0 %}
  - {name: middle, what: bruise_depth, surface: z_max, quantile: 45 %}
  - {name: deepest, what: bruise_depth, surface: z_max, quantile: 100 %}
  - {name: beside, what: bruise_depth, surface: y_max}
  - {name: most, what: bruise_area, surface: z_max, seen: 0.019 mm}
  - {name: none, what: bruise_area, surface: z_max, seen: 0.020 mm}
"""
BONDS = gliding.numbers(bond_slip_stiffness="0.5 MPa/mm", bond_opening_stiffness="1 MPa/mm",
                        bond_breaking_rate="1e-3 1/s", bond_breaking_stress="0.02 MPa", bleeding="0.5 mm",
                        blood_half_life="100 day")
STACK = """striffin: 1
name: pair
tissues: {{solid: solid, between: between{scar}}}
anatomy:
  generator: stack
  length: 4 mm
  width: 2 mm
  layers:
    - {{name: lower, tissue: solid, thickness: 0.5 mm}}
    - {{name: middle, tissue: {tissue}, thickness: 0.5 mm{fibres}}}
    - {{name: upper, tissue: solid, thickness: 0.5 mm}}
  interfaces:
    - {{name: deep, above: lower, tissue: between}}
    - {{name: high, above: middle, tissue: between}}
mesh: {{element: hex8, size: 0.5 mm}}
adhesions:
  - {{shape: everywhere, interface: deep, share: 60 %}}
  - {{shape: everywhere, interface: high, share: 30 %}}
"""
TORN = """solve: {steps: 8}
timeline:
  - {do: grip, where: z_min}
  - {do: grip, where: z_max}
  - {do: grip, where: middle_x_min}
  - {for: 1 s, do: pull, where: middle_x_max, by: 0.24 mm}
measure:
  - {name: all, what: blood_volume}
  - {name: high, what: blood_volume, interface: high}
  - {name: deep, what: blood_volume, interface: deep}
  - {name: scar, what: blood_volume, layer: middle}
  - {name: depth, what: bruise_depth, surface: z_max}
  - {name: shallowest, what: bruise_depth, surface: z_max, quantile: 0 %}
  - {name: deepest, what: bruise_depth, surface: z_max, quantile: 100 %}
  - {name: within, what: bruise_depth, surface: z_max, layer: middle}
  - {name: area, what: bruise_area, surface: z_max, seen: 0.012 mm}
"""
SLID = """solve: {steps: 10}
rigids: [{name: plate, attach: z_max}]
timeline:
  - {do: grip, where: z_min}
  - {for: 1 s, do: move, rigid: plate, by: [0.2 mm, 0 mm, 0 mm]}
  - {for: 10 s, do: hold}
measure:
  - {name: all, what: blood_volume}
  - {name: high, what: blood_volume, interface: high}
  - {name: deep, what: blood_volume, interface: deep}
  - {name: high_area, what: bruise_area, interface: high, seen: SEEN mm}
  - {name: deep_area, what: bruise_area, interface: deep, seen: SEEN mm}
  - {name: through, what: bruise_area, surface: z_max, seen: SEEN mm}
"""
BROKEN = -math.expm1(-1e-3 * math.expm1(300 * (1.06 / 1.02 - 1) / 3))  # of fibrils at a stretch of 1.06


class Bruise(gliding.Gliding):
    def strip(self, vessels, more="", *words, name="strip"):
        self.write("tissues/scar.yaml", SCAR + vessels)
        self.write("pair.yaml", STRIP + more)
        return self.finished(name, *words)

    def stack(self, text, tissue="scar", *words, name="stack", shear=5):
        self.write_tissues(CONTACT + BONDS, shear)
        self.write("tissues/scar.yaml", SCAR + VESSELS)
        fibres, scar = (", fibres: [0 deg]", ", scar: scar") if tissue == "scar" else ("", "")
        self.write("pair.yaml", STACK.format(tissue=tissue, fibres=fibres, scar=scar) + text)
        return self.finished(name, *words)

    def test_a_strip_of_scar_bleeds_as_its_fibres_break(self):
        curve = self.strip(VESSELS, LEAKS).curve
        self.assertGreater(BROKEN, 0.04)
        self.assert_near(curve["blood"][-1], 0.4 * 8 * BROKEN, 1e-4)
        self.assertTrue((numpy.diff(curve["blood"]) >= 0).all() and curve["blood"][0] == 0)
        self.assertEqual(list(curve["layer"]), list(curve["blood"]))
        self.assert_near(curve["far"][-1], curve["blood"][-1] * 56 / 128, 1e-6)  # of 128 points, so many lie there

    def test_a_bruise_in_a_strip_lies_where_its_points_are(self):
        curve = self.strip(VESSELS, LEAKS).curve
        point = 0.25 * (1 - 1 / math.sqrt(3))  # of an element of 0.5 mm, from its side
        for name, wanted in (("depth", 0.5), ("shallowest", point), ("middle", 0.5 - point), ("deepest", 1 - point),
                             ("beside", 1)):
            self.assert_near(curve[name][-1], wanted, 1e-9)
        self.assertEqual((curve["depth"][0], curve["deepest"][0]), (0, 0))
        self.assert_near(0.4 * BROKEN, 0.0193, 2e-3)  # [mm] of it under each area of 1 mm thickness
        self.assert_near(curve["most"][-1], 8, 1e-12)
        self.assertEqual(list(curve["none"]), [0] * len(curve["none"]))

    def test_without_vessels_nothing_bleeds_and_nothing_else_changes(self):
        wet = self.strip(VESSELS, name="wet")
        self.write("tissues/scar.yaml", SCAR)
        done = self.striffin("run", "-q", "pair.yaml", "-o", "out/dry")
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("blood of a body without vessels, which is 0", done.stderr)
        dry = gliding.solved.Result(self.folder / "out/dry")
        self.assertEqual(list(dry.curve["blood"]), [0] * len(wet.curve["blood"]))
        self.assertEqual(list(dry.curve["force"]), list(wet.curve["force"]))
        self.assertNotIn("blood over volume", dry.frame(dry.times[-1]).cell)

    def test_what_fields_show_of_blood_adds_up_to_what_is_measured(self):
        for processes in ("1", "2"):
            result = self.stack(TORN, "scar", "-j", processes, name=f"shown-{processes}")
            frame = result.frame(result.times[-1])
            blood = frame.cell["blood over volume"].ravel()
            inside = abs(frame.centres[:, 2] - 0.75) < 0.25
            self.assertTrue((numpy.isfinite(blood) == inside).all())
            self.assert_near(0.125 * blood[inside].sum(), result.curve["scar"][-1], 1e-6)

    def judge_depths(self, curve):
        high, deep, scar = (curve[name][-1] for name in ("high", "deep", "scar"))
        self.assertTrue(high > 1e-3 and deep > 1e-3 and scar > 1e-3 and abs(deep / high - 1) > 0.1, (high, deep, scar))
        self.assert_near(curve["all"][-1], high + deep + scar, 1e-9)
        self.assertTrue(0.6 < curve["within"][-1] < 0.9)
        wanted = (0.5 * high + 1.0 * deep + curve["within"][-1] * scar) / (high + deep + scar)
        self.assert_near(curve["depth"][-1], wanted, 1e-9)
        self.assert_near(curve["shallowest"][-1], 0.5, 1e-9)
        self.assert_near(curve["deepest"][-1], 1.0, 1e-9)

    def test_blood_of_interfaces_and_of_scar_adds_up_and_lies_where_they_are(self):
        one, two = (self.stack(TORN, "scar", "-j", processes, name=f"torn-{processes}") for processes in ("1", "2"))
        self.judge_depths(one.curve)
        self.assertTrue(0 < one.curve["area"][-1] < 8)
        for name, curve in one.curve.items():
            self.assertLess(max(abs(two.curve[name] - curve)), 1e-5 * max(abs(curve)), name)

    def test_a_bruise_is_seen_through_the_skin_that_no_layer_shows_by_itself(self):
        text = SLID.replace("SEEN", "1")
        curve = self.stack(text, "solid", shear=1e5).curve
        high, deep = curve["high"][-1] / 8, curve["deep"][-1] / 8  # [mm], the same everywhere
        self.assertTrue(min(high, deep) > 1e-3)
        self.assert_near(curve["all"][-1], 8 * (high + deep), 1e-9)
        seen = max(high, deep) + 0.5 * min(high, deep)
        curve = self.stack(text.replace("seen: 1 mm", f"seen: {seen} mm"), "solid", name="seen", shear=1e5).curve
        self.assertEqual((curve["high_area"][-1], curve["deep_area"][-1]), (0, 0))
        self.assert_near(curve["through"][-1], 8, 1e-12)
        self.assertEqual(set(numpy.round(curve["through"], 9)), {0, 8})

    def test_what_cannot_be_is_refused(self):
        self.stack(TORN)
        good = (self.folder / "pair.yaml").read_text()
        for was, wrong, told in (
                ("layer: middle}", "layer: upper}", "layer upper, whose tissue tells nothing of blood"),
                ("layer: middle}", "layer: middl}", "did you mean middle"),
                ("layer: middle}", "layer: middle, interface: high}", "an interface and a layer"),
                ("surface: z_max, seen", "seen", "an area of a bruise in more than an interface"),
                ("quantile: 0 %", "quantile: 101 %", "quantile"),
                ("layer: middle}", "layer: middle, at: [9 mm, 0 mm, 0 mm], radius: 1 mm}", "no node of the body")):
            self.assertIn(was, good)
            self.write("pair.yaml", good.replace(was, wrong, 1))
            self.assertIn(told, self.fails(2, "check", "pair.yaml"))
        self.write("pair.yaml", good)
        for lines, told in ((VESSELS.splitlines(True)[0], "bleeding and blood_half_life go together"),):
            self.write("tissues/scar.yaml", SCAR + lines)
            self.assertIn(told, self.fails(2, "check", "pair.yaml"))
        unbroken = [line for line in SCAR.splitlines(True) if "loading" not in line]
        self.write("tissues/scar.yaml", "".join(unbroken) + VESSELS)
        self.assertIn("bleeding of fibrils that do not break", self.fails(2, "check", "pair.yaml"))


if __name__ == "__main__":
    tap.main()
