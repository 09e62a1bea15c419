"""`striffin resume`: a run that was killed goes on from its last checkpoint and ends in the same bytes."""

import random
import signal
import subprocess
import time

import program
import tap

TISSUE = """striffin-tissue: 1
name: frail
title: relaxes, slips and tears
matrix:
  law: neo-hookean-drained
  shear_modulus: {value: 1 MPa, grade: "estimated: test"}
  poisson_ratio: {value: 0.3, grade: "estimated: test"}
  relaxing_share_1: {value: 30 %, grade: "estimated: test"}
  relaxing_time_1: {value: 2 s, grade: "estimated: test"}
fibres:
  - name: along
    law: fibrils
    fraction: {value: 50 %, grade: "estimated: test"}
    modulus: {value: 300 MPa, grade: "estimated: test"}
    straightening_stretch: {value: 1.02, grade: "estimated: test"}
    straightening_sd: {value: 0.005, grade: "estimated: test"}
    relaxation: {value: 8 %, grade: "estimated: test"}
    relaxation_from: {value: 0.1 s, grade: "estimated: test"}
    relaxation_to: {value: 100 s, grade: "estimated: test"}
    slip_time: {value: 1e4 s, grade: "estimated: test"}
    slip_stress: {value: 3 MPa, grade: "estimated: test"}
    breaking_rate: {value: 1e-6 1/s, grade: "estimated: test"}
    breaking_stress: {value: 2 MPa, grade: "estimated: test"}
    strength_scatter: {value: 25 %, grade: "estimated: test"}
"""
SCENARIO = """striffin: 1
name: body
seed: 1
tissues: {sheet: frail}
anatomy:
  generator: strip
  length: 6 mm
  width: 3 mm
  layers:
    - {name: sheet, tissue: sheet, thickness: 1 mm, fibres: [10 deg]}
mesh: {element: hex8, size: 0.5 mm}
cables:
  - name: line
    tissue: sheet
    area: 0.2 mm^2
    from: {at: [0 mm, 0 mm, 1 mm]}
    via: [{at: [3 mm, 1.5 mm, 1 mm]}]
    to: {at: [6 mm, 0 mm, 1 mm]}
timeline:
  - {at: 0 s, do: grip, where: x_min}
  - {for: 8 s, do: pull, where: x_max, by: 0.55 mm}
  - {for: 60 s, do: hold}
measure:
  - {name: stress, what: nominal_stress, where: x_max}
  - {name: torn, what: mean, of: torn, family: along}
  - {name: pull, what: cable_force, cable: line}
  - {name: snapped, what: cable_torn, cable: line}
solve: {steps: 20}
"""
if program.SANITIZED:  # ten times as slow
    SCENARIO = SCENARIO.replace("size: 0.5 mm", "size: 1 mm")
SAME = ("curves.csv", "fields.pvd")


class Resume(program.Program):
    def setUp(self):
        super().setUp()
        self.write("tissues/frail.yaml", TISSUE)
        self.write("body.yaml", SCENARIO)

    def contents(self, name):
        """Everything that has to be the same, by its name."""
        folder = self.folder / "out" / name
        files = [folder / each for each in SAME] + sorted(folder.glob("fields/*")) + sorted(folder.glob("checkpoint-*"))
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    def assertSame(self, one, other):
        self.assertEqual(one.keys(), other.keys())
        for name, bytes_of_one in one.items():
            self.assertEqual(bytes_of_one, other[name], name)

    def test_ten_kills_at_random_moments_change_nothing(self):
        draw = random.Random(7)
        for ranks, kills in (("1", 1), ("2", 1)) if program.SANITIZED else (("1", 7), ("2", 3)):
            began = time.monotonic()
            self.succeeds("run", "-q", "-j", ranks, "body.yaml", "-o", f"out/whole{ranks}")
            took = time.monotonic() - began
            whole, name, killed = self.contents(f"whole{ranks}"), f"torn{ranks}", 0
            process = self.start("run", "-q", "-j", ranks, "body.yaml", "-o", f"out/{name}")
            while killed < kills:
                try:
                    process.wait(0.3 * took + draw.random() * took / 2)
                except subprocess.TimeoutExpired:
                    self.kill(process)
                    self.wait_until_nobody_writes(name)
                    killed += 1
                if (self.folder / f"out/{name}").exists():  # too late for a kill: it had ended
                    self.assertSame(self.contents(name), whole)
                    process = self.start("run", "-q", "-j", ranks, "body.yaml", "-o", f"out/{name}")
                    while not self.checkpoint(name).exists() and process.poll() is None:
                        time.sleep(0.01)
                    continue
                words = ("resume", "-q", f"out/{name}") if self.checkpoint(name).exists() else (
                    "run", "-q", "-j", ranks, "body.yaml", "-o", f"out/{name}")
                process = self.start(*words)
            self.assertEqual(process.wait(120), 0, process.stderr.read())
            self.assertSame(self.contents(name), whole)

    def test_a_run_that_is_asked_to_stop_ends_after_its_step_and_can_go_on(self):
        self.succeeds("run", "-q", "-j", "1", "body.yaml", "-o", "out/whole")
        process = self.start("run", "-q", "-j", "1", "body.yaml", "-o", "out/body")
        self.wait_for_checkpoint("body", process)
        process.send_signal(signal.SIGINT)
        told = process.stderr.read()
        self.assertEqual(process.wait(60), -signal.SIGINT)
        self.assertIn("'striffin resume out/body.part' goes on", told)
        newest = next(self.folder.glob("out/body.part/checkpoint-*-0.bin"))  # as if killed before it removed the last
        last = newest.with_name(f"checkpoint-{int(newest.name.split('-')[1]) - 1}-0.bin")
        last.write_bytes(newest.read_bytes())
        self.assertIn("The results are in out/body\n", self.succeeds("resume", "out/body.part"))
        self.assertSame(self.contents("body"), self.contents("whole"))

    def test_what_cannot_go_on_says_why(self):
        self.assertIn("no run that ended early", self.fails(2, "resume", "out/body"))
        process = self.start("run", "-q", "-j", "1", "body.yaml")
        self.wait_for_checkpoint("body", process)
        process.kill()
        process.wait()
        newest = next(self.folder.glob("out/body.part/checkpoint-*.bin"))
        sound = newest.read_bytes()
        for damaged in (sound[:-9], sound[:100] + bytes([sound[100] ^ 4]) + sound[101:], b"", b"something else" * 9):
            newest.write_bytes(damaged)
            self.assertIn("expected a checkpoint of this striffin, whole", self.fails(2, "resume", "-q", "out/body"))
        newest.write_bytes(sound)
        self.write("body.yaml", SCENARIO.replace("0.55 mm", "0.54 mm"))
        self.assertIn("another scenario, or other tissues", self.fails(2, "resume", "-q", "out/body"))
        self.write("body.yaml", SCENARIO)
        self.write("tissues/frail.yaml", TISSUE.replace("1e-6 1/s", "2e-6 1/s"))
        self.assertIn("another scenario, or other tissues", self.fails(2, "resume", "-q", "out/body"))
        self.write("tissues/frail.yaml", TISSUE)
        self.succeeds("resume", "-q", "out/body")
        self.assertIn("a result that is complete", self.fails(2, "resume", "-q", "out/body"))


if __name__ == "__main__":
    tap.main()
