"""`do: cycle` many times over: what is jumped over comes out as if it were computed, and a body ruptures."""

import csv
import json
import re
import shutil
import time

import program
import tap

TISSUE = """striffin-tissue: 1
name: worn
title: tears a little in every cycle
matrix:
  law: neo-hookean-drained
  shear_modulus: {value: 1 MPa, grade: "estimated: test"}
  poisson_ratio: {value: 0.3, grade: "estimated: test"}
fibres:
  - name: along
    law: fibrils
    fraction: {value: 50 %, grade: "estimated: test"}
    modulus: {value: 1000 MPa, grade: "estimated: test"}
    straightening_stretch: {value: 1.01, grade: "estimated: test"}
    straightening_sd: {value: 0.003, grade: "estimated: test"}
    bins: 4
    breaking_rate: {value: 1e-7 1/s, grade: "estimated: test"}
    breaking_stress: {value: 6 MPa, grade: "estimated: test"}
    loading_breaking: {value: LOADING, grade: "estimated: test"}
    loading_stress: {value: 7 MPa, grade: "estimated: test"}
    strength_scatter: {value: 15 %, grade: "estimated: test"}
"""
LASTING = """    relaxation: {value: 8 %, grade: "estimated: test"}
    relaxation_from: {value: 0.1 s, grade: "estimated: test"}
    relaxation_to: {value: 1000 s, grade: "estimated: test"}
    slip_time: {value: 3e4 s, grade: "estimated: test"}
    slip_stress: {value: 6 MPa, grade: "estimated: test"}
"""
SCENARIO = """striffin: 1
name: body
seed: 1
tissues: {sheet: worn}
anatomy:
  generator: strip
  length: 1 mm
  width: 1 mm
  layers:
    - {name: sheet, tissue: sheet, thickness: 1 mm, fibres: [0 deg]}
mesh: {element: hex8, size: SIZE}
timeline:
  - {at: 0 s, do: symmetry, where: x_min}
  - {at: 0 s, do: symmetry, where: y_min}
  - {at: 0 s, do: symmetry, where: z_min}
CYCLES
measure:
  - {name: cycles, what: cycles}
  - {name: torn, what: mean, of: torn, family: along}
  - {name: stress, what: extreme, of: stress}
  - {name: life, what: cycles_to_rupture}
  - {name: log_life, what: cycles_to_rupture, log: true}
solve: {steps: 8}
"""
LOADS = """  - {for: 1 s, do: traction, where: x_max, by: [1 MPa, 0 MPa, 0 MPa]}
  - {for: FOR s, do: cycle, where: x_max, traction: [19 MPa, 0 MPa, 0 MPa], wave: square, times: TIMES, steps: 2JUMP}"""
PULLS = "  - {for: FOR s, do: cycle, where: x_max, by: 0.075 mm, wave: square, times: TIMES, steps: 2JUMP}"
DIRECT = 200 if program.SANITIZED else 2000


class Fatigue(program.Program):
    def prepare(self, cycles, times, jump="", loading="1e-6", size="1 mm", more=""):
        self.write("tissues/worn.yaml", TISSUE.replace("LOADING", loading) + more)
        cycles = cycles.replace("FOR", str(times / 2)).replace("TIMES", str(times)).replace("JUMP", jump)
        self.write("body.yaml", SCENARIO.replace("CYCLES", cycles).replace("SIZE", size))

    def results(self):
        """What torn is at whole cycles, and the record."""
        with (self.folder / "out/body/curves.csv").open() as file:
            rows = [[float(one or "nan") for one in row] for row in list(csv.reader(file))[1:]]
        record = json.loads((self.folder / "out/body/run.json").read_text())
        return [(row[1], row[2], row[3]) for row in rows if abs(row[1] - round(row[1])) < 1e-6], record

    def both(self, most, *words, **how):
        """What is torn in every cycle, and where some are jumped over, of which at most so many are computed."""
        found = []
        for jump in ("", ", jump: 1 %"):
            self.prepare(*words, jump=jump, **how)
            self.succeeds("run", "-q", "body.yaml")
            found.append(self.results())
        (direct, whole), (jumped, short) = found
        self.assertEqual((whole["cycles"]["jumped_over"], short["outcome"]), (0, whole["outcome"]))
        self.assertEqual(sum(short["cycles"][k] for k in ("computed", "jumped_over")), whole["cycles"]["computed"])
        self.assertLess(sum(short["cycles"][k] for k in ("computed", "computed_in_vain")), most)
        return direct, jumped

    @staticmethod
    def cycles_to(loss, rows):
        for (n, torn, _), (m, more, _) in zip(rows, rows[1:]):
            if torn <= loss < more:
                return n + (m - n) * (loss - torn) / (more - torn)
        return None

    def test_jumps_agree_with_every_cycle_computed(self):
        direct, jumped = self.both(150, LOADS, DIRECT, loading="8e-7" if program.SANITIZED else "2.3e-8")
        lost = direct[-1][1]
        self.assertGreater(lost, 0.1)  # else little is shown
        self.assertLess(abs((1 - jumped[-1][1]) / (1 - lost) - 1), 0.01)
        late = [row for row in jumped if 0.2 * lost < row[1] < lost]
        self.assertGreater(len(late), 10)
        for cycles, torn, _ in late:
            self.assertLess(abs(cycles / self.cycles_to(torn, direct) - 1), 0.01, cycles)

    def test_so_they_do_where_tissue_also_relaxes_and_slips(self):
        direct, jumped = self.both(250, PULLS, 400, more=LASTING)
        self.assertGreater(direct[-1][1], 0.02)
        self.assertLess(abs(jumped[-1][1] / direct[-1][1] - 1), 0.02)

    def test_a_load_that_wears_it_out_ruptures_it(self):
        self.prepare(LOADS, 10000000, jump=", jump: 1 %")
        told = self.succeeds("run", "body.yaml")
        _, record = self.results()
        numbers = {one["name"]: one.get("value") for one in record["measurements"]}
        match = re.search(r"ruptured in cycle (\d+) at ", told)
        self.assertTrue(match, told)
        self.assertEqual(int(match[1]), int(numbers["life"]) + 1)
        self.assertEqual(int(match[1]), record["cycles"]["computed"] + record["cycles"]["jumped_over"] + 1)
        self.assertAlmostEqual(10 ** numbers["log_life"], numbers["life"], delta=1e-6 * numbers["life"])
        self.assertIn("ruptured in cycle", record["outcome"])
        self.assertIn('"outcome":"ruptured in cycle', (self.folder / "out/body/report.html").read_text())

    def test_what_holds_has_no_life(self):
        self.prepare(LOADS, 20, jump=", jump: 1 %")
        self.succeeds("run", "-q", "body.yaml")
        self.assertNotIn("value", next(one for one in self.results()[1]["measurements"] if one["name"] == "life"))

    def test_a_run_that_is_stopped_amid_jumps_goes_on_to_the_same_bytes(self):
        for ranks in ("1", "2"):
            self.prepare(LOADS, 1000 if program.SANITIZED else 4000, jump=", jump: 1 %", loading="2e-8", size="0.5 mm")
            self.write("body.yaml", (self.folder / "body.yaml").read_text().replace("steps: 8", "steps: 60"))
            whole, killed = f"whole{ranks}", f"killed{ranks}"
            self.succeeds("run", "-q", "-j", ranks, "body.yaml", "-o", f"out/{whole}")
            while not self.checkpoint(killed).exists():  # again where it had ended before the kill
                shutil.rmtree(self.folder / f"out/{killed}", ignore_errors=True)
                process = self.start("run", "-q", "-j", ranks, "body.yaml", "-o", f"out/{killed}")
                self.wait_for_jumps(killed, process)
                if process.poll() is None:
                    self.kill(process)
                self.wait_until_nobody_writes(killed)
            self.succeeds("resume", "-q", f"out/{killed}.part")
            for name in ("curves.csv", "run.json", "fields.pvd"):
                one, other = ((self.folder / "out" / run / name).read_bytes() for run in (whole, killed))
                self.assertEqual(one, other, name)

    def wait_for_jumps(self, name, process):
        """Until a checkpoint stands from after the first jumps, or the run has ended."""
        curves = self.folder / f"out/{name}.part/curves.csv"
        while process.poll() is None:
            try:
                rows = curves.read_text().splitlines()
            except FileNotFoundError:
                rows = []
            if self.checkpoint(name).exists() and len(rows) > 1 and float(rows[-1].split(",")[1] or 0) > 30:
                return
            time.sleep(0.005)

    def test_cycles_that_cannot_be_are_refused_with_the_reason(self):
        pull = "  - {for: 2 s, do: cycle, where: x_max, by: 1 mm, times: 2%s}"
        for cycles, told in (
                (pull % ", traction: [1 MPa, 0 MPa, 0 MPa]", r"not one of by, force and traction"),
                (pull.replace("by: 1 mm, ", "") % "", r"not one of by, force and traction"),
                (pull % ", steps: 3", r"pieces of the timeline; expected solve: steps"),
                (pull.replace("times: 2", "times: 20000") % "", r"20000 cycles; expected at most 10000, or `jump`"),
                (pull.replace("by: 1 mm", "force: [1 N]") % "", r"1 components; expected three"),
                (pull % ", wave: square" + "\n  - {at: 1 s, for: 1 s, do: pull, where: x_max, by: 1 mm}",
                 r"not before 2 s, when the cycles above end"),
                (pull % "", r"cycles of a timeline without any that are counted"),
        ):
            self.prepare(cycles, 2)
            self.assertRegex(re.sub(r"\s+", " ", self.fails(2, "check", "body.yaml")), told)


if __name__ == "__main__":
    tap.main()
