"""Fits of data that the program made itself with known parameters; what data leave open, bounds, what is written."""

import re

import numpy

import solved

TISSUE = """striffin-tissue: 1
name: sheet
title: of a test
matrix:
  law: neo-hookean
  shear_modulus: {{value: {shear} MPa, grade: "estimated: chosen"}}
  volumetric: convex
  bulk_modulus: {{value: {bulk} MPa, grade: "estimated: chosen"}}
fibres:
  - name: fibrils
    law: fibrils
    fraction: {{grade: "estimated: 20 ± 2 %", value: "{fraction} %"}}  # ± before the value
    modulus: {{grade: "estimated: ± 5", value: {modulus} MPa}}
    straightening_stretch: {{value: {straightening}, grade: "estimated: chosen"}}
    straightening_sd: {{value: 0.008, grade: "estimated: chosen"}}
"""
KNOWN = {"shear": 0.8, "bulk": 1.6, "fraction": 20, "modulus": 310, "straightening": 1.031}
STRIP = """striffin: 1
name: {name}
tissues: {{sheet: sheet}}
anatomy:
  generator: strip
  length: 10 mm
  width: 4 mm
  layers: [{{name: only, tissue: sheet, thickness: 1 mm, fibres: [{angle} deg]}}]
mesh: {{element: hex8, size: 2 mm}}
solve: {{steps: 8, tolerance: 1e-12}}
timeline:
  - {{at: 0 s, do: grip, where: x_min}}
  - {{for: 1 s, do: pull, where: x_max, by: 0.8 mm}}
measure:
  - {{name: stretch, what: grip_stretch}}
  - {{name: stress, what: nominal_stress, where: x_max}}
  - {{name: slope, what: slope, of: stress, over: stretch}}
  - {{name: early, what: value, of: stress, over: stretch, at: "1.04"}}
  - {{name: late, what: value, of: stress, over: stretch, at: "1.08"}}
"""
MODULUS = "  - {tissue: sheet, parameter: fibrils.modulus, from: 50 MPa, to: 2000 MPa}\n"
STRAIGHTENING = "  - {tissue: sheet, parameter: fibrils.straightening_stretch, from: 1.02, to: 1.05}\n"
FRACTION = "  - {tissue: sheet, parameter: fibrils.fraction, from: 2 %, to: 90 %}\n"
SHEAR = "  - {tissue: sheet, parameter: matrix.shear_modulus, with: matrix.bulk_modulus, from: 0.1 MPa, to: 9 MPa}\n"


class Calibrate(solved.Solved):
    def tissue_file(self, **changed):
        self.write("sheet.yaml", TISSUE.format(**{**KNOWN, **changed}))

    def strip(self, name="case", angle=0, calibrate="", compare=(), more="", share=None):
        """Writes NAME.yaml that calibrates on these measurements, and returns its file's name."""
        text = STRIP.format(name=name, angle=angle)
        if compare:
            assumed = f", assumed_sd: {share}" if share else ""
            text += "compare:\n" + "".join(
                f"  - {{measure: {m}, data: {name}.csv, role: calibrated{assumed}}}\n" for m in compare)
        if calibrate:
            text += "calibrate:\n" + calibrate
        return self.write(f"{name}.yaml", text + more)

    def make_data(self, name="case", angle=0, sd="", names=("slope", "early", "late")):
        """Measures what the known parameters give, to twelve digits."""
        self.tissue_file()
        measured = self.solve(self.folder / self.strip("truth", angle)).measured
        rows = "".join(f"{m},MPa,{measured[m]!r},{sd},k,calibrated\n" for m in names)
        self.write(f"{name}.csv", "quantity,unit,value,sd,source_key,role\n" + rows)
        return measured

    def fit(self, *files, out="fitted", warns=False, options=()):
        done = self.striffin("calibrate", "-o", out, *options, *files, env=solved.program.environment(
            OMPI_MCA_mpi_yield_when_idle="1"))
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(bool(done.stderr), warns, done)
        self.told = done.stderr + done.stdout
        return self.results(out)

    def results(self, out="fitted"):
        """The numbers of result.yaml by parameter, and its text."""
        text = (self.folder / out / "result.yaml").read_text()
        found = {}
        for block in re.split(r"\n  - tissue: ", text)[1:]:
            path = re.search(r"parameter: (\S+)", block)[1]
            found[path] = dict(re.findall(r"\n    (\w+): (\S+)", block))
        return found, text

    def value(self, found, path, key="fitted"):
        return float(found[path][key])

    def test_known_parameters_are_recovered_from_data_made_with_them(self):
        self.make_data(names=("slope", "early"))
        self.tissue_file(modulus=150, straightening=1.04)
        found, text = self.fit(self.strip(calibrate=MODULUS + STRAIGHTENING, compare=("slope", "early")))
        self.assertIn("\nconverged: true\n", text)
        self.assert_near(self.value(found, "fibres.fibrils.modulus"), KNOWN["modulus"], 1e-6)
        self.assert_near(self.value(found, "fibres.fibrils.straightening_stretch"), KNOWN["straightening"], 1e-6)
        self.assertEqual(found["fibres.fibrils.modulus"]["determined"], "true")
        self.assertIn("undetermined: []", text)
        self.assertIn("150 MPa", (self.folder / "sheet.yaml").read_text(), "the library stays as it is")
        self.assertIn("sheet.yaml:13  fibres.fibrils.modulus: 150 MPa -> 310 MPa", self.told)

    def test_several_scenarios_share_one_set_of_parameters(self):
        self.make_data("along", 0, names=("late",))
        self.make_data("across", 90, names=("late",))
        self.tissue_file(modulus=500, shear=2, bulk=4)
        found, text = self.fit(self.strip("along", 0, MODULUS, ("late",)), self.strip("across", 90, SHEAR, ("late",)))
        self.assert_near(self.value(found, "fibres.fibrils.modulus"), KNOWN["modulus"], 1e-6)
        self.assert_near(self.value(found, "matrix.shear_modulus"), KNOWN["shear"], 1e-6)
        self.assertIn("cases: [along, across]", text)
        self.assertIn("matrix.bulk_modulus: 4 MPa -> 1.6 MPa", self.told, "a tied number keeps its ratio")

    def test_the_same_fit_gives_the_same_bytes_and_several_processes_the_same_values(self):
        self.make_data(names=("late",))
        self.tissue_file(modulus=200)
        case = self.strip(calibrate=MODULUS, compare=("late",))
        one, first = self.fit(case, out="one")
        again, second = self.fit(case, out="two")
        self.assertEqual(first, second)
        two, _ = self.fit(case, out="three", options=("-j", "2"))
        self.assert_near(self.value(two, "fibres.fibrils.modulus"), self.value(one, "fibres.fibrils.modulus"), 1e-6)

    def test_standard_errors_and_correlation_follow_from_the_slopes_of_whole_runs(self):
        """Against J by differences of runs that override the parameters, and the inverse of J^T J."""
        names, paths = ("slope", "early", "late"), ("fibrils.modulus", "fibrils.straightening_stretch")
        measured = self.make_data(sd="0.4", names=names)
        case = self.strip(calibrate=MODULUS + STRAIGHTENING, compare=names)
        found, text = self.fit(case)
        columns = []
        for path, value, unit, step in zip(paths, (310, 1.031), (" MPa", ""), (0.5, 2e-5)):
            runs = []
            for sign in (-1, 1):
                more = f"override:\n  - {{tissue: sheet, parameter: {path}, value: {value + sign * step:.9g}{unit}}}\n"
                runs.append(self.solve(self.folder / self.strip(
                    calibrate=MODULUS + STRAIGHTENING, compare=names, more=more)).measured)
            columns.append([(runs[1][m] - runs[0][m]) / (2 * step) / 0.4 for m in names])
        self.assertGreater(numpy.abs(columns).min(), 1e-3, "each measurement depends on each parameter")
        covariance = numpy.linalg.inv(numpy.array(columns) @ numpy.array(columns).T)
        errors = numpy.sqrt(numpy.diag(covariance))
        for path, error in zip(paths, errors):
            self.assert_near(self.value(found, "fibres." + path, "standard_error"), error, 2e-3)
        correlation = float(re.search(r"correlation:\n  - \[1, (\S+)\]", text)[1])
        self.assert_near(correlation, covariance[0, 1] / errors[0] / errors[1], 2e-3)
        self.assertIn("sd_from: data", text)
        self.assertNotEqual(measured["early"], measured["late"])

    def test_an_assumed_sd_is_used_where_the_data_has_none_and_said(self):
        self.make_data(names=("late",))
        error = []
        for share in (None, "5 %"):
            found, text = self.fit(self.strip(calibrate=MODULUS, compare=("late",), share=share))
            self.assertIn("sd_from: assumed", text)
            error.append(self.value(found, "fibres.fibrils.modulus", "standard_error"))
        self.assert_near(error[0], 2 * error[1], 1e-6)
        self.assertIn("(assumed)", self.told)

    def test_fraction_and_modulus_of_one_family_cannot_be_told_apart(self):
        self.make_data()
        self.tissue_file(modulus=400, fraction=10)
        names = ("slope", "early", "late")
        case = self.strip(calibrate=MODULUS + FRACTION, compare=names)
        found, text = self.fit(case, warns=True)
        modulus, fraction = (self.value(found, f"fibres.fibrils.{k}") for k in ("modulus", "fraction"))
        self.assert_near(modulus * fraction, KNOWN["modulus"] * KNOWN["fraction"] / 100, 1e-6)
        self.assertIn("case.yaml:25:5: warning: calibrate[0]: found a combination that these data do not determine: "
                      "fibres.fibrils.modulus +1 % with fibres.fibrils.fraction -1 %", self.told)
        self.assertEqual([found[f"fibres.fibrils.{k}"]["standard_error"] for k in ("modulus", "fraction")],
                         ["null", "null"])
        self.assertIn("correlation:\n  - [null, null]\n  - [null, null]\n", text)
        self.assertNotIn("lines of the tissue library", self.told)
        before = (self.folder / "sheet.yaml").read_text()
        told = self.fails(2, "calibrate", "-q", "--write", "-o", "refused", case)
        self.assertIn("a fit that leaves parameters open; no tissue was changed", told)
        self.assertEqual((self.folder / "sheet.yaml").read_text(), before)

    def test_a_third_parameter_is_determined_beside_two_that_are_not(self):
        self.make_data()
        self.tissue_file(modulus=400, fraction=10, straightening=1.028)
        found, _ = self.fit(self.strip(calibrate=MODULUS + FRACTION + STRAIGHTENING,
                                       compare=("slope", "early", "late")), warns=True)
        self.assert_near(self.value(found, "fibres.fibrils.straightening_stretch"), KNOWN["straightening"], 1e-6)
        self.assertEqual([found[f"fibres.fibrils.{k}"]["determined"]
                          for k in ("modulus", "fraction", "straightening_stretch")], ["false", "false", "true"])

    def test_a_best_value_beyond_a_bound_is_held_there_and_told(self):
        self.make_data(names=("late",))
        self.tissue_file(modulus=100)
        bounded = MODULUS.replace("2000 MPa", "200 MPa")
        found, text = self.fit(self.strip(calibrate=bounded, compare=("late",)), warns=True)
        self.assertEqual(self.value(found, "fibres.fibrils.modulus"), 200)
        self.assertEqual(found["fibres.fibrils.modulus"]["at_bound"], "to")
        self.assertEqual(found["fibres.fibrils.modulus"]["determined"], "false")
        self.assertIn("warning: calibrate[0]: found fibres.fibrils.modulus at a bound", self.told)
        self.assertLess(float(re.search(r"residual: (\S+)", text)[1]), -1)

    def test_what_is_written_changes_the_numbers_in_their_places_and_nothing_else(self):
        measured = self.make_data(names=("late",))
        self.tissue_file(fraction=60)
        before = (self.folder / "sheet.yaml").read_text()
        case = self.strip(calibrate=FRACTION, compare=("late",))
        self.fit(case, options=("--write",))
        self.assertEqual((self.folder / "sheet.yaml").read_text(), before.replace('"60 %"', '"20 %"'))
        self.succeeds("check", "sheet.yaml")
        self.assert_near(self.solve(self.folder / case).measured["late"], measured["late"], 1e-9)

    def test_a_run_without_balance_ends_the_fit_and_tells_with_which_values(self):
        self.make_data(names=("late",))
        case = self.strip(calibrate=MODULUS, compare=("late",))
        path = self.folder / case
        path.write_text(path.read_text().replace("steps: 8", "steps: 1, cutbacks: 0").replace(
            "by: 0.8 mm}", "by: 0.8 mm}\n  - {for: 1 s, do: pull, where: x_max, by: -10.7 mm}"))
        told = self.fails(3, "calibrate", "-q", case)
        self.assertRegex(told, r"with fibres\.fibrils\.modulus 3\d\d(\.\d+)? MPa: no equilibrium at ")
        self.assertFalse((self.folder / "out/calibrate-case/result.yaml").exists())


if __name__ == "__main__":
    solved.tap.main()
