"""What a run leaves on disk: curves, fields read by meshio, the record; and what a run that fails leaves."""

import hashlib
import pathlib
import re
import shutil
import tempfile

import numpy

import read_vtu
import solved

# Two tissues in three layers; pulled, held, pulled on.
STRIP = """striffin: 1
name: layered
title: a strip of a test
seed: 7
tissues: {sheet: sheet, loose: loose}
anatomy:
  generator: strip
  length: 16 mm
  width: 4 mm
  layers:
    - {name: deep, tissue: sheet, thickness: 0.8 mm, fibres: [15 deg]}
    - {name: middle, tissue: loose, thickness: 0.4 mm}
    - {name: top, tissue: sheet, thickness: 0.8 mm, fibres: [-30 deg]}
mesh: {element: hex8, size: 0.8 mm}
solve: {steps: 3, tolerance: 1e-12}
timeline:
  - {at: 0 s, do: grip, where: x_min}
  - {for: 6 s, do: pull, where: x_max, by: 0.8 mm}
  - {for: 3 s, do: hold}
  - {for: 1 min, do: pull, where: x_max, by: 0.4 mm}
measure:
  - {name: stretch, what: grip_stretch}
  - {name: extension, what: grip_extension, unit: um}
  - {name: force, what: grip_force, where: x_max}
  - {name: pull_back, what: grip_force, where: x_min}
  - {name: stress, what: nominal_stress, where: x_max, unit: kPa}
  - {name: stiffness, what: slope, of: force, over: extension}
"""
LENGTH, WIDTH, THICKNESS = 16.0, 4.0, 2.0
TIMES = [0, 2, 4, 6, 7, 8, 9, 29, 49, 69]
MOVED = [0, 0.8 / 3, 1.6 / 3, 0.8, 0.8, 0.8, 0.8, 2.8 / 3, 3.2 / 3, 1.2]

# Crushed in one step, which may not be halved: elements turn inside out.
THIN = """striffin: 1
name: layered
tissues: {sheet: sheet, loose: loose}
anatomy:
  generator: strip
  length: 10 mm
  width: 2 mm
  layers:
    - {name: skin, tissue: sheet, thickness: 0.2 mm, fibres: [0 deg]}
    - {name: filling, tissue: loose, thickness: 0.2 mm}
mesh: {element: hex8, size: 0.5 mm}
solve: {steps: 2, cutbacks: 0}
timeline:
  - {at: 0 s, do: grip, where: x_min}
  - {for: 4 s, do: pull, where: x_max, by: 0.2 mm}
  - {for: 2 s, do: pressure, where: z_max, by: 100 MPa}
measure:
  - {name: force, what: grip_force, where: x_max}
"""


def contents(folder):
    """The bytes of every file of a result but timings, as {name: digest}."""
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "timing.json"}


class Solved(solved.Solved):
    def setUp(self):
        super().setUp()
        self.write_tissues()

    def write_tissues(self):
        self.tissue("sheet", 0.5, 2.0, fibres=solved.FIBRES)
        self.tissue("loose", 0.02, 0.5, volumetric="log")


class Results(Solved):
    """One run, looked at from many sides."""

    @classmethod
    def setUpClass(cls):
        cls.kept = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.kept)
        run = Solved("write_tissues")
        run.folder = cls.kept
        run.write_tissues()
        cls.result = run.solve(STRIP)

    def test_curves_have_every_step_in_the_units_asked_for(self):
        self.assertEqual(self.result.header, ["time [s]", "stretch", "extension [um]", "force [N]", "pull_back [N]",
                                              "stress [kPa]"])
        curve = self.result.curve
        numpy.testing.assert_allclose(curve["time"], TIMES, rtol=1e-9)
        numpy.testing.assert_allclose(curve["extension"], 1000 * numpy.array(MOVED), rtol=1e-9)
        numpy.testing.assert_allclose(curve["stretch"], 1 + numpy.array(MOVED) / LENGTH, rtol=1e-9)
        numpy.testing.assert_allclose(curve["stress"], 1000 * curve["force"] / (WIDTH * THICKNESS), rtol=1e-8)
        numpy.testing.assert_allclose(curve["pull_back"], curve["force"], rtol=1e-8)  # what holds it, as it is pulled
        self.assertTrue((numpy.diff(curve["force"])[[0, 1, 2, 6, 7, 8]] > 0).all())
        numpy.testing.assert_allclose(curve["force"][4:7], curve["force"][3], rtol=1e-9)  # elastic: nothing relaxes

    def test_numbers_tell_where_they_stand_in_a_figure(self):
        marks = {m["name"]: m["mark"] for m in self.result.record["measurements"]}
        end = {"kind": "point", "x": "time", "y": "stress", "at": [TIMES[-1], self.result.measured["stress"]]}
        self.assertEqual(marks["stress"], end)
        self.assertEqual([marks["stiffness"][key] for key in ("kind", "x", "y")], ["slope", "extension", "force"])

    def test_fibres_are_lines_along_their_directions(self):
        points, ((kind, ends),), _, data = read_vtu.read_with_meshio(self.result.folder / "fibres.vtu")
        self.assertEqual((kind, len(ends)), ("line", 20 * 5 * 2))
        along = points[ends[:, 1]] - points[ends[:, 0]]
        layer = data["layer"].ravel()
        angle = numpy.radians(numpy.where(layer == 0, 15, -30))
        extent = 0.8 * (0.8 * numpy.cos(angle) + 0.8 * numpy.abs(numpy.sin(angle)))
        numpy.testing.assert_allclose(along[:, 0], extent * numpy.cos(angle), rtol=1e-6)
        numpy.testing.assert_allclose(along[:, 1], extent * numpy.sin(angle), rtol=1e-6)
        self.assertEqual(set(layer), {0, 2})

    def test_fields_are_there_at_every_time_of_the_curves(self):
        numpy.testing.assert_allclose(self.result.times, TIMES, rtol=1e-9)
        for time in self.result.times:
            frame = self.result.frame(time)
            self.assertEqual(len(frame.cells), 20 * 5 * 3)
            self.assertEqual(len(frame.points), 21 * 6 * 4)
            _, volume = frame.gradients()
            self.assert_near(volume.sum(), LENGTH * WIDTH * THICKNESS, 1e-6)
            for layer, thickness in enumerate((0.8, 0.4, 0.8)):
                mine = frame.cell["layer"].ravel() == layer
                self.assert_near(volume[mine].sum(), LENGTH * WIDTH * thickness, 1e-6)

    def test_the_gripped_faces_are_where_the_grips_are(self):
        for time, moved in zip(self.result.times, MOVED):
            frame = self.result.frame(time)
            far, near = frame.points[:, 0] == LENGTH, frame.points[:, 0] == 0
            self.assertEqual((far.sum(), near.sum()), (6 * 4, 6 * 4))
            self.assertEqual(abs(frame.displacement[near]).max(), 0)
            numpy.testing.assert_allclose(frame.displacement[far], [[moved, 0, 0]] * 24, rtol=1e-6, atol=1e-12)

    def test_stress_over_every_cut_is_the_force_of_the_grip(self):
        for time, force in zip(self.result.times, self.result.curve["force"]):
            frame = self.result.frame(time)
            pull = frame.nominal_stress()[:, 0, 0]
            _, volume = frame.gradients()
            for at in numpy.unique(frame.centres[:, 0].round(6)):
                slice_ = abs(frame.centres[:, 0] - at) < 1e-3
                through = (pull * volume)[slice_].sum() / 0.8
                self.assertLessEqual(abs(through - force), 0.01 * force, f"{through} N at x = {at} mm, {time} s")

    def test_volume_ratio_fibre_stretch_and_direction_fit_the_displacements(self):
        frame = self.result.frame(self.result.times[-1])
        gradient, _ = frame.gradients()
        middle = abs(frame.centres[:, 0] - LENGTH / 2) < 3  # away from the clamps, where cells deform evenly
        numpy.testing.assert_allclose(frame.cell["volume ratio"].ravel()[middle], numpy.linalg.det(gradient)[middle],
                                      rtol=2e-3)
        layer = frame.cell["layer"].ravel()
        direction, stretch = frame.cell["fibre fibrils"], frame.cell["stretch fibrils"].ravel()
        for number, angle in ((0, 15), (2, -30)):
            mine = layer == number
            a0 = [numpy.cos(numpy.radians(angle)), numpy.sin(numpy.radians(angle)), 0]
            numpy.testing.assert_allclose(direction[mine], [a0] * mine.sum(), atol=1e-6)
            mine &= middle
            numpy.testing.assert_allclose(stretch[mine], numpy.linalg.norm(gradient[mine] @ a0, axis=1), rtol=2e-3)
            self.assertGreater(stretch[mine].max(), 1.02)
        self.assertTrue(numpy.isnan(stretch[layer == 1]).all())
        self.assertEqual(abs(direction[layer == 1]).max(), 0)

    def test_the_record_holds_what_is_needed_to_do_it_again(self):
        record = self.result.record
        self.assertEqual((record["outcome"], record["end_time_s"], record["ranks"]), ("finished", 69, 1))
        self.assertEqual((record["elements"], record["nodes"], record["unknowns"]), (300, 504, 1512))
        self.assertTrue(all(record["striffin"][key] for key in ("version", "revision", "build")))
        self.assertIn("not a medical device", record["disclaimer"])
        self.assertEqual(record["scenario"]["text"], STRIP)
        self.assertEqual((record["scenario"]["name"], record["scenario"]["seed"]), ("layered", 7))
        self.assertEqual(list(self.result.measured),
                         ["stretch", "extension", "force", "pull_back", "stress", "stiffness"])
        for name, values in self.result.curve.items():
            if name != "time":
                self.assert_near(self.result.measured[name], values[-1], 1e-9)

    def test_the_record_names_every_number_of_every_tissue_with_its_grade(self):
        self.assertEqual([tissue["name"] for tissue in self.result.record["tissues"]], ["sheet", "loose"])
        for tissue in self.result.record["tissues"]:
            text = (self.kept / tissue["file"]).read_text()
            written = re.findall(r"(\w+): \{value: ([^,}]+)", text)
            found = [(one["path"].split(".")[-1], one["written"]) for one in tissue["parameters"]]
            self.assertEqual(found, written)
            self.assertEqual({one["grade"] for one in tissue["parameters"]}, {"estimated"})
            self.assertEqual({one["note"] for one in tissue["parameters"]}, {"chosen"})
        fraction = self.result.record["tissues"][0]["parameters"][2]
        self.assertEqual(fraction["path"], "fibres.fibrils.fraction")
        self.assertEqual((fraction["value"], fraction["spread"]), (0.2, 0.02))

    def test_the_slope_is_that_of_the_upper_half_of_the_curve(self):
        force, extension = self.result.curve["force"], self.result.curve["extension"] / 1000
        along = numpy.linspace(extension[0], extension[-1], 400001)  # of the curve, and not of its few steps
        height = numpy.interp(along, extension, force)
        upper = height >= 0.5 * force.max()
        self.assert_near(self.result.measured["stiffness"], numpy.polyfit(along[upper], height[upper], 1)[0], 1e-5)


class Ranks(Solved):
    def test_the_same_run_gives_the_same_bytes(self):
        for ranks in ("1", "2"):
            with self.subTest(ranks=ranks):
                self.solve(STRIP, "-j", ranks, out="first")
                self.solve(STRIP, "-j", ranks, out="second")
                first = contents(self.folder / "first")
                self.assertEqual(len(first), 5 + int(ranks) * (len(TIMES) + 1))  # a checkpoint, and a part of it a rank
                self.assertEqual(contents(self.folder / "second"), first)

    def test_a_body_is_cut_alike_every_time(self):
        """Which rank writes which elements shows how the body was cut; partitioners are not all repeatable."""
        fine = STRIP.replace("size: 0.8 mm", "size: 0.5 mm").replace("steps: 3, tolerance: 1e-12", "steps: 1")
        pieces = []
        for turn in range(4):
            self.solve(fine, "-j", "2", out=f"turn{turn}")
            pieces.append({name: digest for name, digest in contents(self.folder / f"turn{turn}").items()
                           if name.startswith("fields/")})
        self.assertEqual(pieces, pieces[:1] * 4)

    def test_several_ranks_leave_what_one_leaves(self):
        one = self.solve(STRIP, out="one")
        for ranks in ("2", "3"):
            with self.subTest(ranks=ranks):
                many = self.solve(STRIP, "-j", ranks, out="many")
                self.assertEqual(many.record["ranks"], int(ranks))
                for name, values in one.curve.items():
                    numpy.testing.assert_allclose(many.curve[name], values, rtol=2e-10, atol=2e-10 * values.max())
                self.assertEqual(many.times, one.times)
                self.assertEqual(len(many.frames[many.times[0]]), int(ranks))
                self.check_frames(one.frame(one.times[-1]), many.frame(many.times[-1]))
                self.assertEqual(*((result.folder / "fibres.vtu").read_bytes() for result in (one, many)))

    def check_frames(self, one, many):
        """The same cells, each once, with the same fields."""
        self.assertEqual(len(many.cells), len(one.cells))
        order = [numpy.lexsort(frame.centres.round(5).T) for frame in (one, many)]
        numpy.testing.assert_array_equal(one.centres[order[0]].round(5), many.centres[order[1]].round(5))
        for name, values in one.cell.items():
            numpy.testing.assert_allclose(many.cell[name][order[1]], values[order[0]], rtol=1e-6,
                                          atol=1e-6 * numpy.nanmax(abs(values)), err_msg=name)
        gradients = [frame.gradients()[0][rows] for frame, rows in zip((one, many), order)]
        numpy.testing.assert_allclose(gradients[1], gradients[0], atol=1e-6)


class Failure(Solved):
    def test_a_failed_run_tells_where_and_keeps_the_last_good_state(self):
        good = self.solve(STRIP, out="out/layered")
        before = contents(good.folder)
        told = self.fails(3, "run", "-q", "-j", "1", self.write("thin.yaml", THIN))
        self.assertRegex(told, r"thin\.yaml: error: .*no equilibrium at 5 s .*last good state at 4 s")
        place = re.search(r"element (\d+) in layer (skin|filling) at \((.+), (.+), (.+)\) mm has J = ([-.\d]+) \(",
                          told)
        self.assertTrue(place, told)
        self.assertLess(float(place[6]), 0)
        self.check_place(int(place[1]), place[2], [float(place[i]) for i in (3, 4, 5)])
        self.assertIn("likely: ", told)
        self.assertNotIn("residual", told)  # elements inside out have no forces to speak of
        self.assertIn("out/layered.part", told)
        self.assertEqual(contents(good.folder), before)
        self.check_last_good_state(solved.Result(self.folder / "out/layered.part"))

    def check_place(self, element, layer, place):
        """Elements are counted through the thickness, then across, then along."""
        along, across, through = element // (4 * 2), element // 2 % 4, element % 2
        self.assertEqual(layer, ("skin", "filling")[through])
        numpy.testing.assert_allclose(place, [0.25 + 0.5 * along, -0.75 + 0.5 * across, 0.1 + 0.2 * through], rtol=1e-3)

    def check_last_good_state(self, left):
        self.assertEqual(list(left.curve["time"]), [0, 2, 4])
        self.assertEqual(left.times, [0, 2, 4])
        self.assertRegex(left.record["outcome"], "no equilibrium beyond 4 s")
        self.assertEqual(left.record["end_time_s"], 4)
        self.assert_near(left.measured["force"], left.curve["force"][-1], 1e-9)
        frame = left.frame(4)
        numpy.testing.assert_allclose(frame.displacement[frame.points[:, 0] == 10][:, 0], 0.2, rtol=1e-6)
        self.assertGreater(frame.cell["volume ratio"].min(), 0.5)

    def test_the_next_good_run_takes_the_place_of_both(self):
        self.solve(STRIP, out="out/layered")
        self.fails(3, "run", "-q", "-j", "1", self.write("thin.yaml", THIN))
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()), ["layered", "layered.part"])
        self.write("thin.yaml", THIN.replace("100 MPa", "1 kPa"))
        self.succeeds("run", "-q", "-j", "1", "thin.yaml")
        self.assertEqual([path.name for path in (self.folder / "out").iterdir()], ["layered"])
        self.assertEqual(solved.Result(self.folder / "out/layered").record["end_time_s"], 6)

    def test_several_ranks_fail_together(self):
        told = self.fails(3, "run", "-q", "-j", "2", self.write("thin.yaml", THIN))
        self.assertEqual(told.count("no equilibrium"), 1, told)
        self.assertRegex(told, r"element \d+ in layer (skin|filling) at ")
        self.assertEqual(solved.Result(self.folder / "out/layered.part").record["end_time_s"], 4)


if __name__ == "__main__":
    solved.tap.main()
