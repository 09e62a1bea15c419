"""The verbs that tell and write texts: new, cases, explain."""

import re

import program
import tap


class New(program.Program):
    def test_writes_a_scenario_without_faults_for_every_generator(self):
        overview = self.succeeds("explain")
        block = re.search(r"(?m)^Generators.*\n((?:  .*\n)+)", overview)[1]
        generators = re.findall(r"(?m)^  (\S+)", block)
        self.assertIn("strip", generators)
        for generator in generators:
            printed = self.succeeds("new", "--generator", generator, f"a-{generator}")
            self.assertIn(f"Wrote a-{generator}.yaml", printed)
            self.succeeds("check", f"a-{generator}.yaml")
            self.assertIn(f"generator: {generator} ", (self.folder / f"a-{generator}.yaml").read_text())

    def test_what_it_writes_runs_as_it_is(self):
        self.succeeds("new", "mine")
        self.assertIn("The results are in out/mine\n", self.succeeds("run", "mine.yaml"))
        self.assertGreater(len((self.folder / "out/mine/curves.csv").read_text().splitlines()), 3)

    def test_every_key_there_is_stands_in_it_with_what_it_means(self):
        self.succeeds("new", "mine")
        text = (self.folder / "mine.yaml").read_text()
        for key in ("striffin", "name", "title", "seed", "tissues", "anatomy", "mesh", "solve", "timeline", "measure",
                    "compare", "generator", "layers", "thickness", "gauge", "fillet", "steps", "tolerance", "hold",
                    "compliance", "by", "role"):
            self.assertRegex(text, rf"(?m)^[ #-]*{key}:", key)
        for words in ("# extent along x", "edge of an element", "# what is done, step by step"):
            self.assertIn(words, text)
        self.assertLessEqual(max(map(len, text.splitlines())), 120)

    def test_a_commented_key_counts_once_its_mark_is_taken_away(self):
        self.succeeds("new", "mine")
        path = self.folder / "mine.yaml"
        lines = path.read_text().splitlines()
        for start, end, indent in (("# solve:", "timeline:", ""), ("  # gauge:", "mesh:", "  ")):
            first = next(i for i, line in enumerate(lines) if line.startswith(start))
            last = next(i for i in range(first, len(lines)) if lines[i].startswith(end))
            lines[first:last] = [line.replace(indent + "# ", indent, 1) for line in lines[first:last]]
        path.write_text("\n".join(lines) + "\n")
        self.succeeds("check", "mine.yaml")

    @staticmethod
    def offers(lines):
        """[(first, last + 1, text)] of what could also stand there: examples with what is nested in them, bared."""
        found = []
        for i, line in enumerate(lines):
            start = re.match(r"( *)# (?=- \{|[a-z_]+:( |$))", line)
            if not start:
                continue
            mark, end = start[0], i + 1
            while end < len(lines) and lines[end].startswith(mark + "  "):
                end += 1
            found.append((i, end, [one.replace("# ", "", 1) for one in lines[i:end]]))
        return found

    def test_every_example_is_valid_as_it_is_written(self):
        self.write("measured.csv", "quantity,unit,value,sd,n,source_key,role\nforce,N,10,1,5,otsuka2018,input\n")
        for generator in ("strip", "stack", "cap", "gmsh"):
            self.succeeds("new", "-g", generator, generator)
            path = self.folder / f"{generator}.yaml"
            lines = path.read_text().splitlines()
            offers = self.offers(lines)
            self.assertGreater(len(offers), 20)
            for first, end, text in offers:
                with self.subTest(generator=generator, text="\n".join(text)):
                    path.write_text("\n".join([*lines[:first], *text, *lines[end:]]) + "\n")
                    done = self.striffin("check", path.name)  # the size of a mesh from a file gets a warning
                    self.assertEqual((done.returncode, done.stdout), (0, f"{path.name}: no faults\n"), done.stderr)

    def test_never_overwrites(self):
        self.write("mine.yaml", "precious")
        told = self.fails(2, "new", "mine")
        self.assertIn("mine.yaml: error: found a file of this name", told)
        self.assertIn("mine.yaml: error: ", self.fails(2, "new", "mine.yaml"))
        self.assertEqual((self.folder / "mine.yaml").read_text(), "precious")

    def test_takes_a_folder_and_an_ending(self):
        (self.folder / "cases").mkdir()
        self.succeeds("new", "cases/mine.yaml")
        self.assertIn("\nname: mine ", (self.folder / "cases/mine.yaml").read_text())
        self.assertIn("nowhere/mine.yaml: error: ", self.fails(4, "new", "nowhere/mine"))

    def test_refuses_what_is_no_name(self):
        for name in ("two words", ".hidden", "x" * 101, "a\nb", "", ".yaml", "dir/"):
            self.assertIn("expected letters, digits", self.fails(2, "new", name))
        self.assertIn("did you mean strip?", self.fails(2, "new", "x", "-g", "stirp"))
        self.assertEqual(list(self.folder.iterdir()), [])


class Cases(program.Program):
    def test_lists_every_case_by_name_with_its_title(self):
        paths = sorted((program.SOURCE / "cases").glob("**/*.yaml"))
        names = [str(path.relative_to(program.SOURCE / "cases").with_suffix("")) for path in paths]
        lines = self.succeeds("cases").splitlines()
        self.assertEqual(sorted(line.split()[0] for line in lines), sorted(names))
        for line in lines:
            self.assertRegex(line, r"^\S+  +\S")

    def test_prints_a_case_as_it_is(self):
        name = self.succeeds("cases").split()[0]
        self.assertEqual(self.succeeds("cases", name), (program.SOURCE / f"cases/{name}.yaml").read_text())

    def test_tells_the_nearest_case(self):
        name = self.succeeds("cases").split()[0]
        self.assertIn(f"did you mean {name}?", self.fails(2, "cases", name + "g"))
        self.assertIn(f"did you mean {name}?", self.fails(2, "run", name.replace("/", "//")))
        self.assertIn(f"did you mean {name}?", self.fails(2, "check", name.split("/")[-1]))
        self.assertIn("'striffin cases' lists", self.fails(2, "run", "something-else"))

    def test_a_file_goes_before_a_case_of_that_name(self):
        name = self.succeeds("cases").split()[0]
        self.write(name, program.SMALL.replace("name: small", "name: own"))
        self.assertIn("own\n", self.succeeds("run", "--dry-run", name))

    def test_looks_only_at_scenarios(self):
        self.write("cases/b.yaml", "title: B\n")
        self.write("cases/a/c.yaml", "nonsense: [\n")
        self.write("cases/.hidden.yaml", "title: H\n")
        self.write("cases/readme.md", "title: R\n")
        (self.folder / "cases/folder.yaml").mkdir()
        printed = self.succeeds("cases", env=program.environment(STRIFFIN_DATA="."))
        self.assertEqual(printed, "a/c\nb    B\n")


class Explain(program.Program):
    def test_a_key_with_its_place_range_and_meaning(self):
        self.assertEqual(self.succeeds("explain", "fillet").splitlines()[:4],
                         ["In a scenario:",
                          "anatomy.stack.gauge.fillet",
                          "anatomy.strip.gauge.fillet: a length with its unit, such as 0.8 mm "
                          "(> 0 mm and <= 100000 mm); required",
                          "    length on either side over which it widens to the strip's width"])
        self.assertIn("default 1e-8", self.succeeds("explain", "tolerance"))

    def test_every_place_of_a_key(self):
        printed = self.succeeds("explain", "where")
        for place in ("timeline.grip.where", "timeline.pull.where", "measure.grip_force.where"):
            self.assertIn(place, printed)
        printed = self.succeeds("explain", "modulus")
        self.assertIn("In a tissue file:", printed)
        self.assertIn("fibres.fibrils.modulus", printed)

    def test_a_path(self):
        self.assertIn("how far it moves", self.succeeds("explain", "timeline.pull.by"))
        self.assertEqual(self.succeeds("explain", "timeline[1].by"), self.succeeds("explain", "by"))
        self.assertNotIn("gauge", self.succeeds("explain", "layers.thickness"))

    def test_what_a_key_can_name(self):
        for word, words in (("strip", "A generator, written anatomy: generator: strip"),
                            ("pull", "An activity, written timeline: do: pull"),
                            ("grip_force", "A measurement, written measure: what: grip_force"),
                            ("hex8", "An element, written mesh: {element: hex8}"),
                            ("neo-hookean", "A law of the matrix"), ("fibrils", "A law of a fibre family")):
            printed = self.succeeds("explain", word)
            self.assertIn(words, printed)
        self.assertIn("source: ", printed)
        self.assertIn("straightening_stretch: a ratio", printed)

    def test_quantities_and_units(self):
        self.assertIn("such as 25 MPa", self.succeeds("explain", "stress"))
        self.assertIn("1 week is a time of 604800 s", self.succeeds("explain", "week"))
        self.assertIn("1 kPa is a stress of 0.001 MPa", self.succeeds("explain", "kPa"))
        self.assertIn("1 N/cm is a stiffness of 0.1 N/mm", self.succeeds("explain", "N/cm"))

    def test_every_word_of_the_overview_can_be_explained(self):
        words = re.findall(r"(?m)^  (\S+)", self.succeeds("explain"))
        self.assertGreater(len(words), 30)
        for word in words:
            self.succeeds("explain", word)

    def test_tells_the_nearest_word(self):
        for wrong, right in (("thicknes", "thickness"), ("layers.thicknes", "thickness"), ("gripforce", "grip_force"),
                             ("neohookean", "neo-hookean"), ("strss", "stress")):
            self.assertIn(f"did you mean {right}?", self.fails(2, "explain", wrong))
        for word in ("xyzzy", "", ".", "..", "x" * 5000, "%s%s%n", "2 mm"):
            self.fails(2, "explain", word)


if __name__ == "__main__":
    tap.main()
