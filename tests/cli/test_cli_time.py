"""`striffin run` over time: what relaxes, what tears, and numbers that cannot be."""

import csv
import json
import math
import re

import numpy

import program
import tap

TISSUE = """striffin-tissue: 1
name: soft
title: what relaxes and tears
matrix:
  law: neo-hookean-drained
  shear_modulus: {value: 1 MPa, grade: "estimated: test"}
  poisson_ratio: {value: 0.3, grade: "estimated: test"}
"""
RELAXING = """  relaxing_share_1: {value: 30 %, grade: "estimated: test"}
  relaxing_time_1: {value: 2 s, grade: "estimated: test"}
  relaxing_share_2: {value: 20 %, grade: "estimated: test"}
  relaxing_time_2: {value: 40 s, grade: "estimated: test"}
"""
FIBRES = """fibres:
  - name: along
    law: fibrils
    fraction: {value: 50 %, grade: "estimated: test"}
    modulus: {value: 300 MPa, grade: "estimated: test"}
    straightening_stretch: {value: 1.02, grade: "estimated: test"}
    straightening_sd: {value: 0.005, grade: "estimated: test"}
"""
TEARING = """    breaking_rate: {value: 1e-6 1/s, grade: "estimated: test"}
    breaking_stress: {value: 2 MPa, grade: "estimated: test"}
    strength_scatter: {value: 25 %, grade: "estimated: test"}
"""
WARMED = """    breaking_activation_energy: {value: 110 kJ/mol, grade: "estimated: test"}
    breaking_temperature: {value: 23 degC, grade: "estimated: test"}
"""
SCENARIO = """striffin: 1
name: body
seed: 1
tissues: {sheet: soft}
anatomy:
  generator: strip
  length: 4 mm
  width: 2 mm
  layers:
    - {name: sheet, tissue: sheet, thickness: 1 mm, fibres: [FIBRES]}
mesh: {element: ELEMENT, size: 1 mm}
timeline:
  - {at: 0 s, do: grip, where: x_min}
  - {for: 1e-6 s, do: pull, where: x_max, by: 0.4 mm}
  - {for: 300 s, do: hold}
measure:
  - {name: stress, what: nominal_stress, where: x_max}
  - {name: lost, what: drop, of: stress}
"""
TORN = """measure:
  - {name: stretch, what: grip_stretch}
  - {name: stress, what: nominal_stress, where: x_max}
  - {name: torn, what: mean, of: torn, family: along}
  - {name: most, what: extreme, of: torn, family: along}
  - {name: strength, what: peak, of: stress}
  - {name: where, what: peak_at, of: stress, over: stretch}
  - {name: energy, what: area, of: stress, over: stretch, until: peak}
  - {name: whole, what: area, of: stress, over: stretch}
  - {name: half, what: progress, of: stretch, from: 2 s, at: 4 s, to: 6 s}
"""


class Time(program.Program):
    def prepare(self, tissue, element="hex8", fibres=""):
        self.write("tissues/soft.yaml", tissue)
        scenario = SCENARIO.replace("ELEMENT", element)
        self.write("body.yaml", scenario.replace("fibres: [FIBRES]", f"fibres: [{fibres}]"))
        return scenario.replace("FIBRES", fibres)

    def curves(self, folder="out/body"):
        with (self.folder / folder / "curves.csv").open() as file:
            return [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]

    def measured(self, folder="out/body"):
        told = json.loads((self.folder / folder / "run.json").read_text())
        return {one["name"]: one.get("value") for one in told["measurements"]}

    def test_a_held_body_relaxes_as_its_matrix_says_on_any_element_and_number_of_processes(self):
        for element in "hex8", "hex8-std", "hex8-shell":
            self.prepare(TISSUE + RELAXING, element)
            self.succeeds("run", "-q", "body.yaml")
            rows = self.curves()
            start = next(row for row in rows if row[0] >= 1e-6 * 0.999)
            self.assertGreater(start[1], 0.1)
            held = [row for row in rows if row[0] > 1e-5]
            self.assertEqual(len(held), 20)
            for time, stress in held:
                left = 1 + 0.3 * math.expm1(-time / 2) + 0.2 * math.expm1(-time / 40)
                self.assertLess(abs(stress / start[1] - left), 1e-6, (element, time))  # nothing moves
            self.succeeds("run", "-q", "-j", "2", "-o", "two", "body.yaml")
            for one, two in zip(rows, self.curves("two"), strict=True):
                self.assertLess(abs(one[1] - two[1]), 1e-7 * start[1])
            self.assertGreater(held[-1][0] - held[-2][0], 100 * (held[1][0] - held[0][0]))

    def test_fibrils_tear_through_a_peak_and_the_field_tells_where(self):
        scenario = self.prepare(TISSUE + FIBRES + TEARING, fibres="0 deg")
        head = scenario[:scenario.index("timeline:")]
        self.write("body.yaml", head + """timeline:
  - {at: 0 s, do: grip, where: x_min}
  - {for: 10 s, do: pull, where: x_max, by: 0.5 mm}
""" + TORN + "solve: {steps: 40}\n")
        self.succeeds("run", "-q", "body.yaml")
        rows = self.curves()
        stretch, stress, torn, most = ([row[k] for row in rows] for k in (1, 2, 3, 4))
        self.assertEqual(torn, sorted(torn))
        self.assertGreater(torn[-1], 0.2)
        self.assertTrue(all(share <= largest + 1e-12 for share, largest in zip(torn, most)))
        peak = max(range(len(stress)), key=stress.__getitem__)
        self.assertTrue(10 < peak < len(rows) - 3)
        self.assertLess(torn[peak], 0.5)
        measured = self.measured()
        top = numpy.polyfit(stretch[peak - 1:peak + 2], stress[peak - 1:peak + 2], 2)
        self.assertAlmostEqual(measured["where"], -top[1] / (2 * top[0]), 6)
        self.assertNotAlmostEqual(measured["where"], stretch[peak], 6)
        self.assertAlmostEqual(measured["energy"], numpy.trapz(stress[:peak + 1], stretch[:peak + 1]), 6)
        self.assertAlmostEqual(measured["whole"], numpy.trapz(stress, stretch), 6)
        self.assertAlmostEqual(measured["half"], 0.5, 9)
        frame = sorted((self.folder / "out/body/fields").glob("*.vtu"))[-1].read_bytes()
        self.assertIn(b'Name="torn along"', frame)

    def test_a_warm_body_tears_as_much_faster_as_arrhenius_says(self):
        scenario = self.prepare(TISSUE + FIBRES + TEARING + WARMED, fibres="0 deg")
        body = scenario[:scenario.index("timeline:")] + """timeline:
  - {at: 0 s, do: grip, where: x_min}
  - {for: 1 s, do: pull, where: x_max, by: 0.3 mm}
  - {for: 10 s, do: hold}
measure:
  - {name: torn, what: mean, of: torn, family: along}
solve: {steps: 5}
"""

        def torn(tissue, temperature):
            self.write("tissues/soft.yaml", TISSUE + FIBRES + tissue)
            self.write("body.yaml", body + (f"temperature: {temperature}\n" if temperature else ""))
            self.succeeds("run", "-q", "body.yaml")
            return self.curves()[-1][1]

        factor = math.exp(110e3 / 8.314462618 * (1 / 296.15 - 1 / 310.15))
        as_tested = torn(TEARING + WARMED, None)
        warm = torn(TEARING + WARMED, "37 degC")
        self.assertGreater(warm, 1.5 * as_tested)
        self.assertEqual(warm, torn(TEARING + WARMED, "310.15 K"))
        told = json.loads((self.folder / "out/body/run.json").read_text())
        self.assertAlmostEqual(told["scenario"]["temperature_K"], 310.15, 9)
        self.assertEqual(as_tested, torn(TEARING + WARMED, "23 degC"))
        self.assertEqual(as_tested, torn(TEARING, None))
        faster = TEARING.replace("1e-6 1/s", f"{1e-6 * factor!r} 1/s")
        self.assertNotEqual(faster, TEARING)
        self.assertLess(abs(torn(faster, None) / warm - 1), 1e-7)

    def test_a_cable_relaxes_slips_and_tears_as_the_fibres_of_an_element_do(self):
        slow = "".join(f'    {key}: {{value: {value}, grade: "estimated: test"}}\n' for key, value in (
            ("relaxation", "8 %"), ("relaxation_from", "0.1 s"), ("relaxation_to", "100 s"),
            ("slip_time", "1e6 s"), ("slip_stress", "6 MPa")))
        self.write("tissues/cord.yaml", (TISSUE + FIBRES + TEARING + slow).replace("name: soft", "name: cord", 1))
        scenario = self.prepare(TISSUE).replace("tissues: {sheet: soft}", "tissues: {TISSUES}")
        body = scenario[:scenario.index("mesh:")].replace("fibres: []", "fibres: [FIBRES]") + """mesh: {size: 4 mm}
solve: {steps: 10, tolerance: 1e-12}
CABLEStimeline:
  - {at: 0 s, do: grip, where: x_min, hold: free}
  - {at: 0 s, do: grip, where: x_max, hold: free}
  - {for: 1 s, do: pull, where: x_max, by: 0.16 mm}
  - {for: 30 s, do: hold}
  - {for: 1 s, do: pull, where: x_max, by: -0.06 mm}
  - {for: 10 s, do: pull, where: x_max, by: 0.7 mm}
measure:
  - {name: force, what: grip_force, where: x_max}
  - {name: torn, TORN}
"""
        cable = ("cables:\n  - {name: line, tissue: cord, area: 2 mm^2, from: {at: [0 mm, -1 mm, 0 mm]}, "
                 "to: {at: [4 mm, -1 mm, 0 mm]}}\n")

        def run(ranks, *changes):
            text = body
            for old, new in changes:
                text = text.replace(old, new)
            self.write("body.yaml", text)
            self.succeeds("run", "-q", "-j", ranks, "body.yaml")
            return self.curves()

        solid = run("1", ("TISSUES", "sheet: cord"), ("FIBRES", "0 deg"), ("CABLES", ""),
                    ("TORN", "what: mean, of: torn, family: along"))
        beside = (("TISSUES", "sheet: soft, cord: cord"), ("FIBRES", ""), ("CABLES", cable),
                  ("TORN", "what: cable_torn, cable: line"))
        lines = run("1", *beside)
        self.assertEqual(len(solid), len(lines))
        peak = max(row[1] for row in solid)
        self.assertGreater(solid[-1][2], 0.5)
        for one, other in zip(solid, lines):
            self.assertAlmostEqual(one[0], other[0], 9)
            self.assertLess(abs(one[1] - other[1]), 1e-8 * peak)
            self.assertAlmostEqual(one[2], other[2], 9)
        for one, other in zip(lines, run("2", *beside, ("size: 4 mm", "size: 1 mm"))):
            self.assertLess(abs(one[1] - other[1]), 1e-6 * peak)
            self.assertAlmostEqual(one[2], other[2], 7)
        # a cable that would break where it lies, and one that cannot tear
        self.write("body.yaml", (self.folder / "body.yaml").read_text().replace("area: 2", "stretch: 1.1, area: 2"))
        told = self.fails(2, "check", "body.yaml")
        self.assertIn("of cable line that bear", told)
        self.assertIn("cables[0].stretch", told)
        self.write("tissues/cord.yaml", (TISSUE + FIBRES).replace("name: soft", "name: cord", 1))
        self.assertIn("cable line, whose fibres (family along) cannot tear", self.fails(2, "check", "body.yaml"))

    def test_a_temperature_without_an_activation_energy_is_warned_of(self):
        self.prepare(TISSUE + FIBRES + TEARING, fibres="0 deg")
        scenario = (self.folder / "body.yaml").read_text()
        for tissue, words in ((FIBRES + TEARING, "family along of soft, which breaks at any as it did in its tests"),
                              (FIBRES, "a temperature that nothing in these tissues depends on"),
                              (FIBRES + TEARING + WARMED, None)):
            self.write("tissues/soft.yaml", TISSUE + tissue)
            self.write("body.yaml", scenario + "temperature: 37 degC\n")
            done = self.striffin("check", "body.yaml")
            self.assertEqual(done.returncode, 0)
            told = re.sub(r"\s+", " ", done.stderr)
            self.assertEqual(told.count("warning"), int(words is not None), told)
            self.assertIn(words or "", told)
        for wrong in "37", "37 MPa", "310 degC", "200 K":
            self.write("body.yaml", scenario + f"temperature: {wrong}\n")
            self.assertIn(f"temperature: found {wrong}", self.fails(2, "check", "body.yaml"))

    def test_what_stays_of_growing_stretches_is_first_seen_where_fibrils_begin_to_slip(self):
        slipping = FIBRES.replace("0.005", "0.0005") + """    slip_time: {value: 0.01 s, grade: "estimated: test"}
    slip_stress: {value: 10 MPa, grade: "estimated: test"}
    slip_from: {value: 6 MPa, grade: "estimated: test"}
"""
        scenario = self.prepare(TISSUE + slipping, fibres="0 deg")
        head = scenario[:scenario.index("timeline:")]
        stretches = "".join(f"  - {{for: 4 s, do: cycle, where: x_max, by: {k * 0.01:.2f} mm, times: 1}}\n"
                            for k in range(5, 30))
        self.write("body.yaml", head + "timeline:\n  - {at: 0 s, do: grip, where: x_min}\n" + stretches + """measure:
  - {name: strain, what: grip_strain}
  - {name: stress, what: nominal_stress, where: x_max}
  - {name: begins, what: onset, of: strain, over: stress, at: 0.3 MPa, lengthening: 0.1 %}
  - {name: never, what: onset, of: strain, over: stress, at: 0.3 MPa, lengthening: 50 %}
solve: {steps: 20}
""")
        self.succeeds("run", "-q", "body.yaml")
        measured = self.measured()
        preload = next(row[1] for row in self.curves() if row[2] > 0.3)
        reached = 1.02 * (1 + 6 / 300) - 1  # where the fibrils, all alike, bear what they slip from
        self.assertLess(abs(measured["begins"] - (reached + 0.001 - preload)), 0.0015)
        self.assertIsNone(measured["never"])
        text = (self.folder / "body.yaml").read_text()
        for change, told in (
                (("of: strain, over: stress, at: 0.3 MPa", "of: stress, over: strain, at: 0.01"), "without unit"),
                (("at: 0.3 MPa, lengthening: 50", "at: 0.3 s, lengthening: 50"), "'0.3 s'"),
                (("{name: never, what: onset, of: strain, over: stress, at: 0.3 MPa, lengthening: 50 %}",
                  "{name: never, what: progress, of: strain, from: 2 s, at: 5 s, to: 4 s}"),
                 "three times in this order")):
            self.write("body.yaml", text.replace(*change))
            self.assertIn(told, self.fails(2, "check", "body.yaml"))

    def test_a_scan_shows_what_is_torn_over_the_whole_of_its_cubes(self):
        scenario = self.prepare(TISSUE + FIBRES + TEARING, fibres="0 deg")
        head = scenario[:scenario.index("timeline:")]
        self.write("body.yaml", head + """timeline:
  - {at: 0 s, do: grip, where: x_min}
  - {for: 10 s, do: pull, where: x_max, by: 0.5 mm}
measure:
  - {name: torn, what: mean, of: torn, family: along}
  - {name: most, what: extreme, of: torn, family: along}
  - {name: volume, what: torn_volume, family: along, above: 60 %}
  - {name: seen, what: torn_volume, family: along, above: 60 %, scan: 4 mm}
  - {name: fine, what: torn_volume, family: along, above: 60 %, scan: 0.2 mm}
  - {name: early, what: torn_volume, family: along, above: 5 %, scan: 4 mm}
solve: {steps: 40}
""")
        self.succeeds("run", "-q", "-j", "2", "body.yaml")
        missed = 0
        with (self.folder / "out/body/curves.csv").open() as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            torn, most, volume, seen, fine, early = (float(next(row[key] for key in row if key.split()[0] == name))
                                              for name in ("torn", "most", "volume", "seen", "fine", "early"))
            self.assertAlmostEqual(seen, 8 if torn > 0.6 else 0, 9)  # the body is one cube
            self.assertAlmostEqual(early, 8 if torn > 0.05 else 0, 9)
            self.assertEqual(volume > 0, most > 0.6)
            self.assertAlmostEqual(volume, fine, 9)  # cubes smaller than elements
            missed += volume > 0 and seen == 0
        self.assertGreater(missed, 0)
        self.assertGreater(early, 0)
        text = (self.folder / "body.yaml").read_text()
        self.write("body.yaml", text.replace("scan: 0.2 mm", "scan: 1 um"))
        self.assertIn("scan: found 0.001 mm, over 4194304 cubes in the body; expected larger cubes",
                      re.sub(r"\s+", " ", self.fails(2, "check", "body.yaml")))
        self.write("body.yaml", text.replace("torn_volume, family: along", "torn_volume, family: across"))
        self.assertIn("across", self.fails(2, "check", "body.yaml"))

    def test_what_does_not_tear_has_no_such_field(self):
        self.prepare(TISSUE + FIBRES, fibres="0 deg")
        self.succeeds("run", "-q", "body.yaml")
        self.assertNotIn(b"torn", next((self.folder / "out/body/fields").glob("*.vtu")).read_bytes())

    def test_a_cycle_gives_back_what_does_not_relax_and_loses_the_more_the_nearer_its_time(self):
        lost = {}
        soft = TISSUE + RELAXING
        for tissue, period in ((TISSUE, 4), (soft, 0.004), (soft, 4), (soft, 4000)):
            scenario = self.prepare(tissue)
            head = scenario[:scenario.index("timeline:")].replace("FIBRES", "")
            self.write("body.yaml", head + f"""timeline:
  - {{at: 0 s, do: grip, where: x_min}}
  - {{for: {3 * period} s, do: cycle, where: x_max, by: 0.4 mm, times: 3}}
measure:
  - {{name: extension, what: grip_extension}}
  - {{name: force, what: grip_force, where: x_max}}
  - {{name: work, what: area, of: force, over: extension}}
  - {{name: most, what: peak, of: extension}}
solve: {{steps: 10}}
""")
            self.succeeds("run", "-q", "body.yaml")
            measured = self.measured()
            rows = self.curves()
            self.assertEqual(len(rows), 61)
            self.assertAlmostEqual(measured["most"], 0.4, 9)
            self.assertAlmostEqual(rows[-1][1], 0, 9)
            lost[tissue, period] = measured["work"]
        elastic, fast, near, slow = lost.values()
        self.assertLess(abs(elastic), 1e-9)
        self.assertGreater(near, 5 * max(fast, slow))

    def test_tissue_that_would_break_at_rest_is_refused_before_it_is_solved(self):
        """Straight fibrils at a stretch of L bear 300 MPa (L/1.02 - 1); without scatter half of them break in a day at
        2 MPa ln(1 + ln 2/(1e-6/s 86400 s)) = 4.40 MPa, L = 1.03495."""
        sharp = FIBRES.replace("value: 0.005", "value: 0.0002")
        once = TEARING[:TEARING.index("    strength_scatter")]
        self.assertIn("0.0002", sharp)
        strength = 2 * math.log1p(math.log(2) / 0.0864)
        limit = 1.02 * (1 + strength / 300)
        self.prepare(TISSUE + sharp + once, fibres="30 deg")
        scenario = (self.folder / "body.yaml").read_text()

        def check(prestress, *expected):
            self.write("body.yaml", scenario + (f"prestress: {{layers: [{{layer: sheet, {prestress}}}]}}\n"
                                                if prestress else ""))
            if not expected:
                return self.succeeds("check", "body.yaml")
            told = re.sub(r"\s+", " ", self.fails(2, "check", "body.yaml"))
            self.assertEqual(told, re.sub(r"\s+", " ", self.fails(2, "run", "-q", "body.yaml")))
            for words in expected:
                self.assertIn(words, told)
            return told

        # the angle of the family, or both ways alike: the stretch of its fibres is the one asked for
        for form in "family: along, stretch: {}", "stretch: {}":
            check(form.format(limit - 5e-4))
            told = check(form.format(limit + 5e-4), "prestress.layers", ".stretch", "family along", "layer sheet",
                         f"at most their strength, {strength:.4g} MPa, which breaks half of them within a day")
            borne = float(re.search(r"that bear ([\d.]+) MPa at rest", told).group(1))
            self.assertAlmostEqual(borne, 300 * ((limit + 5e-4) / 1.02 - 1), 2)
        check("family: along, stretch: 1.01, across: 1.2")
        # fibres about the direction that was asked for are stretched as far as the plane is across it
        spread = sharp.replace("    modulus", '    in_plane_dispersion: {value: 40 deg, grade: "estimated: test"}\n'
                               "    modulus")
        self.write("tissues/soft.yaml", TISSUE + spread + once)
        check("family: along, stretch: 1.01, across: 1.2", "family along")
        check("family: along, stretch: 1.01, across: 1.01")
        # fibres straight and stretched without any prestress
        pulled = sharp.replace("straightening_stretch: {value: 1.02", "straightening_stretch: {value: 0.98")
        self.write("tissues/soft.yaml", TISSUE + pulled + once)
        check(None, "tissues.sheet", "family along", "tissue soft", "at a stretch of 1;")
        check("family: along, stretch: 0.99")
        # what does not break may be stretched as far as one likes
        self.write("tissues/soft.yaml", TISSUE + sharp)
        check("family: along, stretch: 1.2")

    def test_numbers_that_cannot_be_are_refused_with_the_reason(self):
        for change, told in (
                ((": 20 %", ": 80 %"), r"relaxing shares that sum to 110 %; expected less than 100 %"),
                ((": 20 %", ": -20 %"), r"relaxing_share_2.*-20 %"),
                (('  relaxing_time_2: {value: 40 s, grade: "estimated: test"}\n', ""),
                 r"a relaxing share or time without the other; expected relaxing_share_1 with relaxing_time_1"),
                (("value: 1e-6 1/s", "value: -1e-6 1/s"), r"breaking_rate.*-1e-6 1/s"),
                (('    breaking_stress: {value: 2 MPa, grade: "estimated: test"}\n', ""),
                 r"breaking_rate and breaking_stress go together"),
                (("    breaking_rate", '    relaxation: {value: 30 %, grade: "estimated: test"}\n'
                  '    relaxation_from: {value: 1 s, grade: "estimated: test"}\n'
                  '    relaxation_to: {value: 1e4 s, grade: "estimated: test"}\n    breaking_rate'),
                 r"relaxation leaves nothing"),
                (("    breaking_rate", '    averaging_length: {value: 1 mm, grade: "estimated: test"}\n'
                  '    in_plane_dispersion: {value: 15 deg, grade: "estimated: test"}\n    breaking_rate'),
                 r"averaging_length of dispersed fibres \(family along\); expected only for fibres along one"),
                (("    breaking_rate",
                  '    breaking_temperature: {value: 23 degC, grade: "estimated: test"}\n    breaking_rate'),
                 r"breaking_activation_energy and breaking_temperature go together"),
                ((TEARING, WARMED), r"breaking_activation_energy without a breaking_rate"),
                ((TEARING, '    averaging_length: {value: 1 mm, grade: "estimated: test"}\n'),
                 r"averaging_length of fibrils that do not break"),
        ):
            whole = TISSUE + RELAXING + FIBRES + TEARING
            self.assertIn(change[0], whole)
            self.prepare(whole.replace(*change), fibres="0 deg")
            self.assertRegex(re.sub(r"\s+", " ", self.fails(2, "check", "body.yaml")), told)


if __name__ == "__main__":
    tap.main()
