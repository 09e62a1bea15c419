"""What `check`, and `run` before it solves, say about faulty and hostile scenarios; nothing may be touched."""

import os
import pathlib
import subprocess

import program
import tap


def changed(old, new):
    assert old in program.SMALL, old
    return program.SMALL.replace(old, new)


class Check(program.Program):
    def assert_refused(self, name, *expected, status=2):
        """Both verbs refuse the file at once, say so alike and leave the folder as it was."""
        before = sorted(os.listdir(self.folder))
        done = [self.striffin(verb, name) for verb in ("check", "run")]
        self.assertEqual([one.returncode for one in done], [status, status], done)
        self.assertEqual(done[0].stderr, done[1].stderr)
        self.assertEqual([one.stdout for one in done], ["", ""])
        self.assertEqual(sorted(os.listdir(self.folder)), before)
        self.assertLess(min(one.seconds for one in done), 2)
        self.assertLess(len(done[0].stderr), 25000)
        for words in expected:
            self.assertIn(words, done[0].stderr)
        return done[0].stderr

    def assert_fault(self, old, new, *expected):
        self.write("case.yaml", changed(old, new))
        printed = self.assert_refused("case.yaml", *expected)
        self.assertEqual(len(printed.splitlines()), 1, printed)

    def test_finds_no_fault_in_a_good_scenario_and_says_so(self):
        self.write("small.yaml", program.SMALL)
        self.assertEqual(self.succeeds("check", "small.yaml"), "small.yaml: no faults\n")
        self.assertEqual(os.listdir(self.folder), ["small.yaml"])

    def test_finds_no_fault_in_any_built_in_case_or_tissue(self):
        names = [line.split()[0] for line in self.succeeds("cases").splitlines()]
        tissues = sorted(map(str, (program.SOURCE / "tissues").glob("*.yaml")))
        self.assertGreater(min(len(names), len(tissues)), 0)
        done = self.striffin("check", *names, *tissues)
        self.assertEqual(done.returncode, 0, done.stderr)
        faultless = [line for line in done.stdout.splitlines() if "adhesions on" not in line]
        for line in done.stderr.splitlines():  # a case that warns says so where it begins
            head = pathlib.Path(line.split(":")[0]).read_text().split("striffin: 1")[0]
            self.assertIn("`check` warns", head, line)
        self.assertEqual(faultless, [f"{name}: no faults" for name in names + tissues])

    def test_says_where_what_and_what_is_allowed(self):
        self.write("case.yaml", changed("width: 10 mm", "widht: 10 mm"))
        self.assert_refused("case.yaml", "case.yaml:7:3: error: anatomy.widht: found the unknown key",
                            "did you mean width?")

    def test_wrong_dimension(self):
        self.assert_fault("width: 10 mm", "width: 10 N", "case.yaml:7:10: error: anatomy.width: ", "10 N", "a length")

    def test_missing_unit(self):
        self.assert_fault("length: 20 mm", "length: 20", "case.yaml:6:11: error: anatomy.length: ",
                          "did you mean 20 mm?")

    def test_dispersed_fibres_upright_on_their_sheet(self):
        text = (program.SOURCE / "tissues/fascia_lata.yaml").read_text().replace("name: fascia_lata", "name: fan", 1)
        spread = "    in_plane_dispersion: {value: 12 deg, grade: \"estimated: x\"}\n"
        fan = text.replace("law: fibrils\n", "law: fibrils\n" + spread, 1)
        self.succeeds("new", "-g", "gmsh", "body")
        body = (self.folder / "body.yaml").read_text()
        vectors = ("0, 0, 1", "1, 0, 0", "0, 1, 0", "1, 1, 0")
        fields = "".join(f"{{field: constant, direction: [{v}]}}, " for v in vectors)
        upright = self.with_line(body, "fibres: ", f"fibre_fields: [{fields[:-2]}]")
        self.write("fan.yaml", fan)
        for scenario, tissue in ((body, "fan"), (upright, "fascia_lata"), (upright, "fan")):
            self.write("body.yaml", scenario.replace("sheet: fascia_lata", f"sheet: {tissue}"))
            if (scenario, tissue) != (upright, "fan"):
                self.succeeds("check", "body.yaml")
        self.assert_refused("body.yaml", "dispersed fibres (family", "at 90 deg", "element", "at most 60 deg")

    def with_line(self, text, start, line):
        """Text with the line that begins with `start` replaced, at the same indent."""
        lines = text.splitlines(keepends=True)
        at = [i for i, one in enumerate(lines) if one.strip().startswith(start)]
        self.assertEqual(len(at), 1, at)
        lines[at[0]] = lines[at[0]][:len(lines[at[0]]) - len(lines[at[0]].lstrip())] + line + "\n"
        return "".join(lines)

    def test_pull_through_the_whole_body(self):
        self.assert_fault("by: 0.5 mm", "by: -25 mm", "case.yaml:14:45: error: timeline[1].by: ",
                          "x_max 25 mm inwards by 10 s", "less than 20 mm, the body's extent there")

    def test_out_of_range(self):
        self.assert_fault("thickness: 0.8 mm", "thickness: -0.8 mm", "anatomy.layers[0].thickness", "> 0 mm")

    def test_doubled_key(self):
        self.assert_fault("mesh: {element: hex8, size: 5 mm}", "mesh: {size: 5 mm, element: hex8, size: 5 mm}",
                          "mesh.size: found the key size a second time", "line 10")

    def test_unknown_tissue(self):
        self.assert_fault("fascia_lata", "fascia_latta", "tissues.sheet", "did you mean fascia_lata?")

    def test_undeclared_tissue(self):
        self.assert_fault("tissue: sheet", "tissue: shet", "anatomy.layers[0].tissue", "did you mean sheet?")

    def test_unknown_activity_face_element_and_measurement(self):
        self.assert_fault("do: pull", "do: pul", "timeline[1].do", "did you mean pull?")
        self.assert_fault("where: x_min", "where: x_mni", "timeline[0].where", "did you mean x_min?")
        self.assert_fault("element: hex8", "element: hex9", "mesh.element", "did you mean hex8?")
        self.assert_fault("what: grip_force", "what: grip_fore", "measure[0].what", "did you mean grip_force?")

    def test_a_comparison_with_numbers_that_are_not_there(self):
        self.write("d.csv", "quantity,unit,value,source_key\nforce,N,3,smith2020\n")
        lines = "compare:\n  - {measure: force, data: d.csv, quantity: forze, role: check}\n"
        self.write("case.yaml", program.SMALL + lines)
        self.assert_refused("case.yaml", "case.yaml:19:", "forze", "did you mean force?")
        self.write("case.yaml", program.SMALL + lines.replace("forze", "force").replace("d.csv", "e.csv"))
        self.assert_refused("case.yaml", "e.csv")

    def test_all_faults_at_once(self):
        text = program.SMALL
        for old, new in (("fascia_lata", "fascia_latta"), ("width: 10 mm", "width: 10 N"), ("hex8", "hex9"),
                         ("do: pull", "do: pul"), ("what: grip_force", "what: x"), ("solve:", "slove:")):
            text = text.replace(old, new)
        self.write("case.yaml", text)
        printed = self.assert_refused("case.yaml")
        places = [line.split(": error: ")[0] for line in printed.splitlines()]
        self.assertEqual([place.split(":")[1] for place in places], ["3", "7", "10", "11", "14", "16"], printed)

    def test_counts_what_it_does_not_show(self):
        self.write("case.yaml", program.SMALL + "".join(f"x{i}: 1\n" for i in range(300)))
        self.assertIn("and 200 more", self.assert_refused("case.yaml").splitlines()[-1])

    def test_a_warning_is_no_fault(self):
        self.write("case.yaml", changed("{sheet: fascia_lata}", "{sheet: fascia_lata, spare: fascia_lata}"))
        done = self.striffin("check", "case.yaml")
        self.assertEqual((done.returncode, done.stdout), (0, "case.yaml: no faults\n"))
        self.assertIn("case.yaml:3:", done.stderr)
        self.assertIn("warning: tissues.spare", done.stderr)

    def test_checks_every_file_and_ends_with_the_worst(self):
        self.write("good.yaml", program.SMALL)
        self.write("bad.yaml", "striffin: 2\n")
        done = self.striffin("check", "bad.yaml", "good.yaml")
        self.assertEqual((done.returncode, done.stdout), (2, "good.yaml: no faults\n"))

    def test_a_faulty_tissue_file(self):
        text = (program.SOURCE / "tissues/fascia_lata.yaml").read_text().replace("grade:", "grad:", 1)
        self.write("fascia_lata.yaml", text)
        self.assertIn("did you mean grade?", self.fails(2, "check", "fascia_lata.yaml"))
        self.write("plain.txt", text)
        self.assertIn("plain.txt: error: ", self.fails(2, "check", "plain.txt"))

    def test_binary_rubbish(self):
        self.write("case.yaml", bytes(range(256)) * 40)
        self.assert_refused("case.yaml", "case.yaml:1:")
        self.write("case.yaml", program.SMALL.encode("utf-16"))
        self.assert_refused("case.yaml")
        self.write("case.yaml", program.SMALL.replace("small", "sm\0all"))
        self.assert_refused("case.yaml")

    def test_control_characters_do_not_reach_the_terminal(self):
        self.write("case.yaml", changed("name: small", 'name: "\\e[31mred\\a"'))
        self.assertNotIn("\x1b", self.assert_refused("case.yaml"))
        self.assertNotIn("\x1b", self.fails(2, "check", "\x1b[31mred"))
        self.assertNotIn("\x1b", self.fails(2, "\x1b[31mred"))
        self.assertNotIn("\x1b", self.fails(2, "run", "--\x1b[31mred"))
        self.assertNotIn("\x1b", self.fails(2, "explain", "\x1b[31mred"))
        self.assertNotIn("\x1b", self.fails(2, "new", "\x1b[31mred"))

    def test_two_hundred_levels_of_nesting(self):
        self.write("case.yaml", "striffin: 1\nname: " + "[" * 200 + "]" * 200)
        self.assert_refused("case.yaml", "case.yaml:2:", "nested")
        self.write("case.yaml", "".join(" " * i + "a:\n" for i in range(200)))
        self.assert_refused("case.yaml", "nested")

    def test_a_file_of_100_megabytes(self):
        with open(self.folder / "case.yaml", "w") as file:
            file.write(program.SMALL)
            file.truncate(100 * 1000 * 1000)
        self.assert_refused("case.yaml", "case.yaml: error: found a file of 100000000 bytes")

    def test_aliases_that_would_grow_without_end(self):
        self.write("case.yaml", "striffin: 1\na: &a [x]\n" + "b: [*a, *a]\n")
        self.assert_refused("case.yaml")

    def test_things_that_are_no_files(self):
        (self.folder / "folder.yaml").mkdir()
        self.assert_refused("folder.yaml", "found a folder")
        os.mkfifo(self.folder / "pipe.yaml")
        self.assert_refused("pipe.yaml", "pipe")
        self.assert_refused("/dev/zero", "device")
        self.write("empty.yaml", "")
        self.assert_refused("empty.yaml", "empty")
        self.assert_refused("missing.yaml", "missing.yaml: error: found no file of this name", status=4)
        os.symlink("loop.yaml", self.folder / "loop.yaml")
        self.assert_refused("loop.yaml", "loop.yaml: error: ", status=4)
        self.assert_refused("x" * 5000, "error: ")

    def test_a_file_that_may_not_be_read(self):
        self.write("case.yaml", program.SMALL)
        (self.folder / "case.yaml").chmod(0)
        if os.access(self.folder / "case.yaml", os.R_OK):  # nothing keeps the superuser out
            self.assert_unreadable_by_others()
        else:
            self.assert_refused("case.yaml", "case.yaml: error: found a file that cannot be read", status=4)

    def assert_unreadable_by_others(self):
        self.folder.chmod(0o755)
        command = ["setpriv", "--reuid=65534", "--clear-groups", program.STRIFFIN, "check", "case.yaml"]
        done = subprocess.run(command, cwd=self.folder, env=program.environment(), capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 4, done)
        self.assertIn("case.yaml: error: found a file that cannot be read", done.stderr)

    def test_an_element_of_a_shape_that_the_mesh_has_not(self):
        self.assert_fault("element: hex8", "element: wedge6", "mesh.element: found wedge6, of which the mesh has none",
                          "an element for its hex8")

    def test_a_mesh_beyond_all_bounds(self):
        self.assert_fault("size: 5 mm", "size: 1e-9 mm", "elements", "a larger mesh size")


if __name__ == "__main__":
    tap.main()
