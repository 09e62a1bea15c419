"""What is found when scenario, model, timeline and measurements are put together, and when the body is first let go."""

import json

import program
import tap

TISSUE = """striffin-tissue: 1
name: taut
title: fibres that pull hard before anything is done to them
matrix:
  law: neo-hookean
  shear_modulus: {value: 0.001 MPa, grade: "estimated: chosen"}
  volumetric: convex
  bulk_modulus: {value: 0.01 MPa, grade: "estimated: chosen"}
fibres:
  - name: along
    law: fibrils
    fraction: {value: 100 %, grade: "estimated: chosen"}
    modulus: {value: 100000 MPa, grade: "estimated: chosen"}
    straightening_stretch: {value: 0.5, grade: "estimated: chosen"}
    straightening_sd: {value: 0.02, grade: "estimated: chosen"}
"""
SCENARIO = """striffin: 1
name: taut
tissues: {sheet: taut}
anatomy:
  generator: strip
  length: 10 mm
  width: 4 mm
  layers: [{name: only, tissue: sheet, thickness: 0.5 mm, fibres: [30 deg]}]
mesh: {size: 0.5 mm}
timeline:
  - {do: grip, where: x_min}
  - {for: 1 s, do: force, where: x_max, by: [1 N, 0 N, 0 N]}
measure:
  - {name: end, what: displacement, at: [10 mm, 0 mm, 0 mm], along: x}
"""


class Study(program.Program):
    def scenario(self, *changes):
        self.write("taut.yaml", TISSUE)
        text = SCENARIO
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        return self.write("case.yaml", text)

    def test_faults_of_anatomy_timeline_and_measurements_are_told_at_once(self):
        told = self.fails(2, "check", self.scenario(
            ("[30 deg]", "[30 deg, 40 deg]"), ("where: x_min", "where: x_mni"), ("[10 mm, 0 mm", "[500 mm, 0 mm"),
            ("along: x}", "along: x}\n  - {name: slope, what: slope, of: nothing, over: end}")))
        for path in ("anatomy.layers[0].fibres", "timeline[0].where", "measure[0].at", "measure[1].of"):
            self.assertIn(f"error: {path}: ", told)

    def test_a_place_outside_of_the_body_is_refused_with_its_extent(self):
        told = self.fails(2, "check", self.scenario(("[10 mm, 0 mm", "[10.5 mm, 0 mm")))
        self.assertIn("measure[0].at: found x = 10.5 mm, outside of the body; expected from 0 mm to 10 mm", told)

    def test_a_body_without_balance_at_rest_is_told_and_left_as_it_was(self):
        told = self.fails(3, "run", "-q", "-j", "1", self.scenario())
        self.assertRegex(told, r"no equilibrium at 0 s .* in layer only at .* has J = ")
        part = self.folder / "out" / "taut.part"
        self.assertEqual(json.loads((part / "run.json").read_text())["end_time_s"], 0)
        self.assertTrue((part / "fields" / "00000.vtu").exists())


if __name__ == "__main__":
    tap.main()
