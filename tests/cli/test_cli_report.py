"""`striffin report`: the page, read by a decoder of its own and compared with the files it was made of."""

import array
import base64
import json
import os
import re
import shutil
import zlib

import program
import tap

HOSTILE = "</script><img onerror=x> \" ' & \u2028 \u05d0\u05d1"


def blocks_of(page):
    found = re.findall(r'<script type="application/octet-stream" id="([^"]*)">([A-Za-z0-9+/=]*)</script>', page)
    assert len(found) == len(dict(found)), "an id stands twice"
    return dict(found)


def unshuffled(data, code):
    width = array.array(code).itemsize
    count = len(data) // width
    plain = bytearray(len(data))
    for byte in range(width):
        plain[byte::width] = data[byte * count:(byte + 1) * count]
    numbers = array.array(code)
    numbers.frombytes(bytes(plain))
    return numbers


def determinant(a, b, c):
    return (a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0])
            + a[2] * (b[0] * c[1] - b[1] * c[0]))


class Report(program.Program):
    def setUp(self):
        super().setUp()
        for name in ("tissues", "cases", "data"):
            os.symlink(program.SOURCE / name, self.folder / name)
        self.page = "<!doctype html>\n<body>\n<!--striffin-data-->\n</body>\n"
        self.write("report.html", self.page)
        self.env = program.environment(STRIFFIN_DATA=str(self.folder))
        self.write("small.yaml", program.SMALL.replace("name: small\n", "name: small\ntitle: %s\n" % json.dumps(
            HOSTILE.replace("\u2028", "").replace("\u05d0\u05d1", ""))))
        self.succeeds("run", "-q", "-j", "1", "small.yaml", env=self.env)
        self.out = self.folder / "out/small"

    def report(self, *words):
        self.succeeds("report", *words, env=self.env)
        self.text = (self.out / "report.html").read_text()
        self.blocks = blocks_of(self.text)
        meta = re.search(r'<script type="application/json" id="striffin-report">(.*?)</script>', self.text, re.S)[1]
        self.meta_text = meta
        return json.loads(meta)

    def decode(self, block):
        data = zlib.decompress(base64.b64decode(self.blocks[block["id"]], validate=True))
        numbers = unshuffled(data, {"float32": "f", "uint32": "I", "uint8": "B", "q16": "H"}[block["type"]])
        count, steps = block["count"], block.get("steps", 1)
        self.assertEqual(len(numbers), count * steps)
        if block["type"] == "uint32":
            for i in range(1, count):
                numbers[i] = (numbers[i] + numbers[i - 1]) % 2 ** 32
        if block["type"] == "q16":
            for i in range(1, len(numbers)):
                numbers[i] = (numbers[i] + numbers[i - 1 if i < count else i - count]) % 2 ** 16
        return numbers

    def test_the_surface_of_a_strip_is_closed_and_moves_as_the_run_did(self):
        scene = self.report("out/small")["runs"][0]["scene"]
        self.assertEqual(scene["layers"], [{"name": "deep", "tissue": "fascia_lata"}])
        X, index = self.decode(scene["positions"]), self.decode(scene["index"])
        self.assertEqual((len(X), len(index)), (3 * scene["vertices"], 3 * scene["triangles"]))
        directed = [(index[t + k], index[t + (k + 1) % 3]) for t in range(0, len(index), 3) for k in range(3)]
        self.assertEqual(len(set(directed)), len(directed))
        self.assertEqual(set(directed), {(b, a) for a, b in directed})
        at = [X[3 * v:3 * v + 3] for v in range(scene["vertices"])]
        volume = sum(determinant(*(at[v] for v in index[t:t + 3])) for t in range(0, len(index), 3)) / 6
        self.assertAlmostEqual(volume, 20 * 10 * 0.8, 3)
        moved = scene["displacement"]
        q, step = self.decode(moved["block"]), moved["block"]["count"]
        scale = (moved["high"] - moved["low"]) / 65535
        last = [moved["low"] + scale * level for level in q[-step:]]
        for v, X_v in enumerate(at):
            if X_v[0] == 20:
                self.assertAlmostEqual(last[3 * v], 0.5, delta=scale)
        self.assertEqual(scene["times"]["values"][-1], 10)
        names = {field["name"] for field in scene["fields"]}
        self.assertLess({"volume ratio", "largest principal stress", "von Mises stress"}, names)
        self.assertEqual(len(scene["fibres"]), 4)

    def test_hostile_text_cannot_leave_its_element(self):
        run = json.loads((self.out / "run.json").read_text())
        run["measurements"][0]["name"] = run["scenario"]["text"] = HOSTILE
        (self.out / "run.json").write_text(json.dumps(run))
        meta = self.report("out/small")
        self.assertEqual(meta["runs"][0]["scenario"], HOSTILE)
        self.assertEqual(re.findall("[<>&\u2028\u2029]", self.meta_text), [])
        self.assertNotIn("<img", self.text)

    def test_what_was_published_stands_in_sentences_under_curves_and_among_sources(self):
        self.succeeds("run", "-q", "-j", "1", "-o", "out/small", "tendon-fascicle/rate-1.5", env=self.env)
        run = self.report("out/small")["runs"][0]
        record = json.loads((self.out / "run.json").read_text())
        said = {m["name"]: m["sentence"] for m in run["measurements"] if m["published"]}
        self.assertRegex(said["failure_strain"], r"^Failure strain: 0\.\d+; published 0\.109 ± 0\.016 "
                         r"\(Yamamoto and others 1999\): [\d.]+ SD (below|above)\.$")
        data = {d["label"].split(",")[0]: (c, d) for c in run["curves"] for d in c["data"]}
        curve, strain = data["failure strain ± SD"]
        mark = next(m for m in record["measurements"] if m["name"] == "failure_strain")["mark"]
        self.assertEqual(strain["points"], [[0.109, mark["at"][1], 0.016]])
        self.assertEqual((strain["along"], run["columns"][curve["x"]]["name"]), ("x", "strain"))
        curve, slope = data["tangent modulus ± SD"]
        (x0, y0, _), (x1, y1, _) = slope["line"]
        self.assertAlmostEqual((y1 - y0) / (x1 - x0), 216)
        self.assertAlmostEqual((slope["band"][1][2] - slope["band"][0][2]) / (x1 - x0), 216 + 68)
        self.assertEqual(run["sources"]["shearer2017"]["cite"], "Shearer and others 2017")  # a note speaks of it
        self.assertIn("Shearer, Tom; Thorpe, Chavaunne T.; Screen", run["sources"]["shearer2017"]["text"])

    def test_points_of_one_source_on_a_curve_are_one_series(self):
        self.succeeds("run", "-q", "-j", "1", "-o", "out/small", "plantar-fascia/natali-law", env=self.env)
        run = self.report("out/small")["runs"][0]
        published = [m["published"]["value"] for m in run["measurements"] if m["published"]]
        (series,) = [d for c in run["curves"] for d in c["data"]]
        self.assertEqual(series["label"], "published, Natali and others 2010")
        self.assertEqual([y for _, y, _ in series["points"]], published)
        self.assertGreater(len(published), 2)

    def test_another_models_number_is_called_so(self):
        self.succeeds("run", "-q", "-j", "1", "-o", "out/small", "manual-therapy/fat", env=self.env)
        run = self.report("out/small")["runs"][0]
        (said,) = [m["sentence"] for m in run["measurements"] if m["name"] == "normal_force"]
        self.assertRegex(said, r"published 36 N \(Chaudhry and others 2014\): a model's number, not measured; "
                         r"ours is 0\.0\d+ times as large\.$")
        roles = [m["published"]["role"] for m in run["measurements"] if m["published"]]
        self.assertEqual(roles, ["published-model"] * 2)

    def test_a_published_range_stands_as_a_span_and_what_relaxed_as_what_is_left(self):
        self.succeeds("run", "-q", "-j", "1", "-o", "out/small", "grip-strain/gracilis", env=self.env)
        run = self.report("out/small")["runs"][0]
        (series,) = [d for c in run["curves"] for d in c["data"]]
        self.assertEqual((series["points"], series["spans"]), ([], [[30, 7.5, 9]]))
        self.assertEqual(run["sources"]["wilson1999"]["cite"], "“A biomechanical analysis of matched …” 1999")
        self.succeeds("run", "-q", "-j", "1", "-o", "out/small", "tendon-fascicle/relaxation", env=self.env)
        run = self.report("out/small")["runs"][0]
        ((curve, series),) = [(c, d) for c in run["curves"] for d in c["data"]]
        stress = run["columns"][curve["y"]]["values"]
        self.assertEqual(series["label"], "what is left, Yamamoto and others 1999")
        ((time, left, _),) = series["points"]
        self.assertEqual(time, run["columns"][curve["x"]]["values"][-1])
        self.assertAlmostEqual(left, 0.75 * max(stress), 6)

    def test_an_area_is_no_point_of_a_curve_and_a_wedge_begins_on_the_simulated_line(self):
        self.succeeds("run", "-q", "-j", "1", "-o", "out/small", "deep-fascia/rupture-across", env=self.env)
        labels = [d["label"] for c in self.report("out/small")["runs"][0]["curves"] for d in c["data"]]
        self.assertEqual([label.split(",")[0] for label in labels],
                         ["rupture stress across", "rupture stretch across"])
        done = self.striffin("plot", "out/small", "-x", "stretch", "-y", "stress", env=self.env)
        self.assertIn("energy_across: found a published number of something else in MPa", done.stderr)
        self.succeeds("run", "-q", "-j", "1", "-o", "out/small", "fascia-lata/posterior-across", env=self.env)
        run = self.report("out/small")["runs"][0]
        ((_, low, high), (_, end_low, end_high)) = run["curves"][0]["data"][0]["band"]
        self.assertEqual(low, high)
        self.assertLess(end_low, end_high)
        self.assertEqual(run["measurements"][4]["published"]["range"], "inside")

    def test_what_is_only_rounding_is_told_as_nothing(self):
        record = json.loads((self.out / "run.json").read_text())
        force = record["measurements"][0]
        force["value"] = 1e-11 * force["value"]
        (self.out / "run.json").write_text(json.dumps(record))
        self.assertEqual(self.report("out/small")["runs"][0]["measurements"][0]["sentence"], "Force at the end: 0 N.")

    def test_limits_are_those_of_the_tissue_and_per_cent_is_told_in_points(self):
        self.succeeds("run", "-q", "-j", "1", "-o", "out/small", "areolar-tissue/relaxation", env=self.env)
        run = self.report("out/small")["runs"][0]
        self.assertNotIn("does not relax", "".join(run["limits"]))
        self.assertIn("Areolar tissue cannot tear: it carries whatever load is put on it.", run["limits"])
        said = {m["name"]: m["sentence"] for m in run["measurements"]}
        self.assertRegex(said["relaxation"], r"percentage points(?: below| above)?; no SD was published\.$")

    def test_the_command_that_is_told_does_the_run_again(self):
        self.succeeds("run", "-q", "-j", "1", "-o", "out/small", "fascia-lata/medial-along", env=self.env)
        command = self.report("out/small")["runs"][0]["command"]
        self.assertEqual(command, "striffin run -j 1 fascia-lata/medial-along")
        self.succeeds(*command.split()[1:], env=self.env)
        self.assertEqual((self.folder / "out/fascia-lata-medial-along/run.json").read_bytes(),
                         (self.out / "run.json").read_bytes())
        run = json.loads((self.out / "run.json").read_text())
        run["scenario"]["text"] += "# changed"
        (self.out / "run.json").write_text(json.dumps(run))
        command = self.report("out/small")["runs"][0]["command"]
        self.assertEqual(command, "striffin run -j 1 fascia-lata-medial-along.yaml")

    def test_cases_are_named_so_that_a_command_can_be_told(self):
        for path in (program.SOURCE / "cases").glob("*/*.yaml"):
            self.assertIn("\nname: %s-%s\n" % (path.parent.name, path.stem), path.read_text(), path)

    def test_several_results_go_into_one_page(self):
        meta = self.report("out/small", "out/small")
        self.assertEqual([run["name"] for run in meta["runs"]], ["small", "small"])
        self.assertTrue(meta["runs"][0]["measurements"][0]["sentence"].startswith("Force at the end: "))

    def test_a_damaged_result_is_refused_with_its_place_and_the_report_stays(self):
        self.report("out/small")
        vtu = sorted((self.out / "fields").iterdir())[-1]
        whole = vtu.read_bytes()
        for damaged in (whole[:len(whole) // 2], whole[:-200] + b"x" * 200, b"", whole.replace(b"Float32", b"Float31")):
            vtu.write_bytes(damaged)
            self.assertIn(vtu.name, self.fails(2, "report", "out/small", env=self.env))
        self.assertEqual((self.out / "report.html").read_text(), self.text)
        vtu.write_bytes(whole)
        (self.out / "fields.pvd").write_text((self.out / "fields.pvd").read_text().replace("fields/", "../fields/"))
        self.assertIn("a file in fields/", self.fails(2, "report", "out/small", env=self.env))

    def test_a_run_ends_with_the_page_that_report_makes_again(self):
        ended = (self.out / "report.html").read_bytes()
        self.report("out/small/")
        self.assertEqual((self.out / "report.html").read_bytes(), ended)

    def test_a_run_that_stopped_has_a_page_that_says_so(self):
        text = program.SMALL.replace("{steps: 2}", "{steps: 2, cutbacks: 0}")
        text = text.replace("measure:\n", "  - {for: 2 s, do: pressure, where: z_max, by: 1 GPa}\nmeasure:\n")
        self.fails(3, "run", "-q", "-j", "1", self.write("far.yaml", text), env=self.env)
        self.out = self.folder / "out/small.part"
        self.assertIn('"outcome":"stopped: no equilibrium beyond', (self.out / "report.html").read_text())
        self.report("out/small.part")

    def test_without_the_page_it_says_how_to_make_it(self):
        (self.folder / "report.html").unlink()
        alone = {"program": self.folder / self.write("alone/striffin", b""), "env": self.env}
        shutil.copy(program.STRIFFIN, alone["program"])
        self.assertIn("make install", self.fails(4, "report", "out/small", **alone))
        before = (self.out / "run.json").stat().st_mtime_ns
        self.assertIn("--no-report", self.fails(4, "run", "-q", "-j", "1", "small.yaml", **alone))
        self.assertEqual((self.out / "run.json").stat().st_mtime_ns, before)
        self.succeeds("run", "-q", "-j", "1", "--no-report", "small.yaml", env=self.env)
        self.assertFalse((self.out / "report.html").exists())


if __name__ == "__main__":
    tap.main()
