"""`striffin plot`: where the figure goes and what is said about wrong requests. What it draws: tests/unit."""

import xml.etree.ElementTree

import program
import tap


class Plot(program.Program):
    def setUp(self):
        super().setUp()
        self.write("small.yaml", program.SMALL)
        self.succeeds("run", "-q", "-j", "1", "small.yaml")

    def figure(self, name):
        return xml.etree.ElementTree.parse(self.folder / name).getroot()

    def test_draws_a_figure_into_the_folder_of_the_result_and_says_so(self):
        self.assertEqual(self.succeeds("plot", "out/small/"), "The figure is out/small/curves.svg\n")
        self.assertEqual(self.figure("out/small/curves.svg").tag, "{http://www.w3.org/2000/svg}svg")

    def test_draws_the_curves_it_is_asked_for_as_wide_as_it_is_asked_to(self):
        for width in ("174", "174 mm", "174mm"):
            self.succeeds("plot", "out/small", "-x", "stretch", "-y", "force", "-o", "a.svg", "--width", width)
            self.assertEqual(self.figure("a.svg").get("width"), "174mm")
        text = "".join(self.figure("a.svg").itertext())
        self.assertIn("stretch", text)
        self.assertIn("force", text)

    def test_draws_several_results(self):
        self.succeeds("run", "-q", "-j", "1", "small.yaml", "-o", "out/other")
        self.assertIn("b.svg", self.succeeds("plot", "out/small", "out/other", "-o", "b.svg"))

    def test_a_wrong_request_leaves_nothing_behind(self):
        self.assertIn("did you mean force?", self.fails(2, "plot", "out/small", "-y", "forze", "-o", "c.svg"))
        self.assertIn("nothing: error: ", self.fails(2, "plot", "nothing", "-o", "c.svg"))
        for width in ("0", "-5", "29", "1001", "1e9", "wide", "85 cm", "", "nan"):
            told = self.fails(2, "plot", "out/small", "-w", width, "-o", "c.svg")
            self.assertIn("expected from 30 mm to 1000 mm", told)
        self.assertIn("expected the name of a file", self.fails(2, "plot", "out/small", "-o", ""))
        self.assertFalse((self.folder / "c.svg").exists())
        self.assertIn("no/where.svg: error: ", self.fails(4, "plot", "out/small", "-o", "no/where.svg"))


if __name__ == "__main__":
    tap.main()
