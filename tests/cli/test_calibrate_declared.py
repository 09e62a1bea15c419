"""What a scenario may calibrate and override: faults are told with their place before anything is solved."""

import json

import program
import tap

DATA = """quantity,unit,value,sd,low,high,source_key,role
force,N,30,3,,,k,calibrated
bare,N,30,,,,k,calibrated
range,N,,,20,30,k,calibrated
other,N,30,3,,,k,predicted
"""
COMPARE = "compare:\n  - {measure: force, data: d.csv, role: calibrated}\n"
MODULUS = "{tissue: sheet, parameter: along.modulus, from: 100 MPa, to: 3000 MPa}"
SHEAR = "{tissue: sheet, parameter: matrix.shear_modulus, with: matrix.bulk_modulus, from: 0.1 MPa, to: 9 MPa}"
BULK = "{tissue: sheet, parameter: matrix.bulk_modulus, from: 1 MPa, to: 3 MPa}"


class Declared(program.Program):
    def scenario(self, *calibrate, override=(), compare=COMPARE, name="case.yaml"):
        self.write("d.csv", DATA)
        text = program.SMALL + compare
        for key, lines in (("calibrate", calibrate), ("override", override)):
            text += f"{key}:\n" + "".join(f"  - {line}\n" for line in lines) if lines else ""
        return self.write(name, text)

    def assert_refused(self, place, *words, **what):
        """One fault, told alike by check, run and calibrate, none of which leaves anything behind."""
        calibrate = what.pop("calibrate", (MODULUS,))
        case = self.scenario(*calibrate, **what)
        told = self.fails(2, "check", case)
        self.assertEqual(len(told.splitlines()), 1, told)
        self.assertIn(f"case.yaml:{place}", told)
        for word in words:
            self.assertIn(word, told)
        self.assertEqual(self.fails(2, "run", case), told)
        self.assertEqual(self.fails(2, "calibrate", case), told)
        self.assertFalse((self.folder / "out").exists())

    def test_what_is_declared_well_has_no_faults(self):
        self.succeeds("check", self.scenario(MODULUS, SHEAR, override=(
            "{tissue: sheet, parameter: along.modulus, value: 800 MPa}",)))

    def test_names_that_do_not_exist(self):
        self.assert_refused("21:14: error: calibrate[0].tissue: found the tissue shet", "did you mean sheet?",
                            calibrate=(MODULUS.replace("sheet", "shet"),))
        self.assert_refused("21:32: error: calibrate[0].parameter: found the parameter along.modulos",
                            "did you mean along.modulus?", calibrate=(MODULUS.replace("modulus", "modulos"),))
        self.assert_refused("21:32: error: calibrate[0].parameter", "a number that stands in fascia_lata.yaml",
                            "there are matrix.shear_modulus, ", calibrate=(MODULUS.replace("along.modulus", "xyz"),))
        self.assert_refused("21:32: error: calibrate[0].parameter: found the parameter along.bins",
                            calibrate=(MODULUS.replace("modulus", "bins"),))
        self.assert_refused("21:60: error: calibrate[0].with: found the parameter matrix.bulk",
                            calibrate=(SHEAR.replace("bulk_modulus", "bulk"),))

    def test_keys_that_do_not_exist_or_are_missing(self):
        told = self.fails(2, "check", self.scenario(MODULUS.replace("from:", "fron:")))
        self.assertIn("calibrate[0].fron", told)
        self.assertIn("did you mean from?", told)

    def test_bounds_in_another_unit_out_of_range_or_the_wrong_way_round(self):
        self.assert_refused("21:53: error: calibrate[0].from: found 100 mm, a length",
                            calibrate=(MODULUS.replace("100 MPa", "100 mm"),))
        self.assert_refused("21:66: error: calibrate[0].to: found 3000;", "a stress with its unit",
                            calibrate=(MODULUS.replace("3000 MPa", "3000"),))
        self.assert_refused("21:53: error: calibrate[0].from: found -1 MPa",
                            calibrate=(MODULUS.replace("100 MPa", "-1 MPa"),))
        self.assert_refused("21:66: error: calibrate[0].to: found 50 MPa", "more than from, 100 MPa",
                            calibrate=(MODULUS.replace("3000 MPa", "50 MPa"),))

    def test_a_number_is_fitted_once(self):
        self.assert_refused("22:32: error: calibrate[1].parameter: found along.modulus for the second time",
                            calibrate=(MODULUS, MODULUS.replace("along", "fibres.along")))
        self.assert_refused("21:53: error: calibrate[0].with: found along.modulus for the second time",
                            calibrate=(MODULUS.replace("from", "with: along.modulus, from"),))
        self.assert_refused("22:32: error: calibrate[1].parameter: found matrix.bulk_modulus for the second time",
                            calibrate=(SHEAR, BULK))

    def test_a_tie_that_would_leave_its_range(self):
        told = self.fails(2, "check", self.scenario(
            "{tissue: sheet, parameter: along.modulus, with: along.fraction, from: 100 MPa, to: 9000 MPa}"))
        self.assertIn("calibrate[0].with: found along.fraction, which would leave its range between from and to", told)

    def test_a_value_for_what_is_not_calibrated_is_refused_with_the_reason(self):
        self.assert_refused("23:32: error: override[0].parameter: found a value for across.modulus, which this "
                            "scenario does not calibrate", "tissues are shared by all cases",
                            override=("{tissue: sheet, parameter: across.modulus, value: 800 MPa}",))

    def test_an_overriding_value_is_checked_as_that_of_the_tissue(self):
        line = "{tissue: sheet, parameter: along.modulus, value: 800 MPa}"
        self.assert_refused("23:54: error: override[0].value: found 800 mm, a length",
                            override=(line.replace("MPa", "mm"),))
        self.assert_refused("23:54: error: override[0].value: found -800 MPa", override=(line.replace("800", "-800"),))
        self.assert_refused("24:32: error: override[1].parameter: found along.modulus for the second time",
                            override=(line, line.replace("800", "900")))
        self.assert_refused("23:55: error: override[0].value: found with 50 % in place of the tissue's own value: "
                            "fractions that sum to 119.9 %",
                            calibrate=("{tissue: sheet, parameter: along.fraction, from: 10 %, to: 90 %}",),
                            override=("{tissue: sheet, parameter: along.fraction, value: 50 %}",))

    def test_an_assumed_sd_only_where_it_is_used(self):
        self.write("e.csv", "quantity,unit,value,source_key\nforce,N,3,k\n")
        for line, words in (("measure: force, data: d.csv, role: calibrated", "whose SD is in the data"),
                            ("measure: force, data: e.csv, role: predicted", "that nothing uses")):
            told = self.striffin("check", self.scenario(
                MODULUS, compare=f"compare:\n  - {{{line}, assumed_sd: 5 %}}\n")).stderr
            self.assertIn("warning: compare[0].assumed_sd: found an assumed SD", told)
            self.assertIn(words, told)
        self.succeeds("check", self.scenario(
            MODULUS, compare="compare:\n  - {measure: force, data: d.csv, quantity: bare, role: calibrated, "
                             "assumed_sd: 5 %}\n"))

    def test_a_fit_needs_parameters_and_measurements(self):
        self.assertIn("nothing to fit; expected a list `calibrate`", self.fails(2, "calibrate", self.scenario()))
        self.assertIn("nothing to fit to; expected a line of `compare` with role: calibrated",
                      self.fails(2, "calibrate", self.scenario(MODULUS, compare="")))
        told = self.fails(2, "calibrate", self.scenario(
            MODULUS, compare="compare:\n  - {measure: force, data: d.csv, quantity: range, role: calibrated}\n"))
        self.assertIn("range, to which it is to be fitted, without a value", told)
        told = self.fails(2, "calibrate", self.scenario(MODULUS.replace("100 MPa", "1000 MPa")))
        self.assertIn("calibrate[0]: found bounds that leave out what fibres.along.modulus is now", told)
        self.assertFalse((self.folder / "out").exists())

    def test_scenarios_fitted_at_once_agree(self):
        one = self.scenario(MODULUS, name="one.yaml")
        two = self.scenario(MODULUS.replace("3000", "2000"), name="two.yaml")
        told = self.fails(2, "calibrate", one, two)
        self.assertIn("two.yaml:21:5: error: calibrate[0]: found fibres.along.modulus of fascia_lata in another way "
                      "than in one.yaml:21", told)
        tied = self.scenario(SHEAR, name="three.yaml")
        free = self.scenario(BULK, name="four.yaml")
        told = self.fails(2, "calibrate", tied, free)
        self.assertIn("calibrate[0].with: found matrix.bulk_modulus, which another scenario fits", told)

    def test_an_override_is_run_recorded_and_told(self):
        case = self.scenario(SHEAR, override=("{tissue: sheet, parameter: matrix.shear_modulus, value: 1 MPa}",))
        told = self.succeeds("run", case)
        self.assertIn("matrix.shear_modulus of fascia_lata is 1 MPa in this scenario, which calibrates it; the "
                      "tissue's file says 1.48 MPa\n", told)
        record = json.loads((self.folder / "out/small/run.json").read_text())
        parameters = {p["path"]: p for p in record["tissues"][0]["parameters"]}
        shear, bulk = parameters["matrix.shear_modulus"], parameters["matrix.bulk_modulus"]
        self.assertEqual((shear["value"], shear["written"], shear["overrides"]), (1, "1 MPa", "1.48 MPa"))
        self.assertEqual((shear["grade"], "source" in shear), ("fitted", False))
        self.assertAlmostEqual(bulk["value"], 1.973 / 1.48, places=9)
        self.assertEqual(bulk["overrides"], "1.973 MPa")
        self.assertNotIn("overrides", parameters["fibres.along.modulus"])
        told = self.succeeds("run", "--dry-run", case)
        self.assertIn("matrix.shear_modulus of fascia_lata between 0.1 MPa and 9 MPa, now 1 MPa as set here (the "
                      "tissue's file says 1.48 MPa)\n", told)


if __name__ == "__main__":
    tap.main()
