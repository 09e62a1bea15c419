"""Prestress: a strip that begins stretched is the strip that was stretched; an image under its load stays as it is."""

import json

import solved

STRIP = """striffin: 1
name: strip
tissues: {{all: soft}}
anatomy:
  generator: strip
  length: {length!r} mm
  width: {width!r} mm
  layers: [{{name: all, tissue: all, thickness: {thickness!r} mm, elements: 2, fibres: [0 deg]}}]
mesh: {{element: {element}, size: 1 mm}}
solve: {{steps: 4, tolerance: 1e-12}}
{prestress}timeline:
  - {{at: 0 s, do: grip, where: x_min, hold: free}}
  - {{at: 0 s, do: grip, where: x_max, hold: free}}
  - {{for: 1 s, do: pull, where: x_max, by: {by!r} mm}}
measure:
  - {{name: force, what: grip_force, where: x_max}}
  - {{name: volume, what: volume}}
"""

WALL = """striffin: 1
name: wall
tissues: {wall: soft}
anatomy:
  generator: cap
  part: quarter
  length: 60 mm
  width: 60 mm
  radius_x: 200 mm
  radius_y: 120 mm
  layers: [{name: wall, tissue: wall, thickness: 2 mm, elements: 1, fibres: [30 deg]}]
mesh: {element: hex8, size: 5 mm}
solve: {steps: 4}
prestress:
  at: 1 s
  layers: [{layer: wall, family: fibrils, stretch: 1.04, across: 1.01}]
timeline:
  - {at: 0 s, do: symmetry, where: x_min}
  - {at: 0 s, do: symmetry, where: y_min}
  - {at: 0 s, do: grip, where: x_max}
  - {for: 1 s, do: pressure, where: inner, by: 2 kPa}
  - {for: 1 s, do: pressure, where: inner, by: -2 kPa}
  - {for: 1 s, do: pressure, where: inner, by: 2 kPa}
measure:
  - {name: rise, what: displacement, at: [0 mm, 0 mm, 0 mm], along: z}
"""
LAYERS = "prestress: {{layers: [{{layer: all, family: fibrils, stretch: {stretch!r}}}]}}\n"


TETS = """striffin: 1
name: tets
tissues: {{all: soft}}
anatomy: {{generator: gmsh, file: box.msh, unit: mm, regions: [{{name: all, tissue: all, fibres: [0 deg]}}]}}
mesh: {{element: tet4}}
solve: {{steps: 4, tolerance: 1e-12}}
{prestress}timeline:
  - {{at: 0 s, do: grip, where: x_min, hold: free}}
  - {{at: 0 s, do: grip, where: x_max, hold: free}}
  - {{for: 1 s, do: pull, where: x_max, by: {by!r} mm}}
measure:
  - {{name: force, what: grip_force, where: x_max}}
  - {{name: volume, what: volume}}
  - {{name: wide, what: displacement, at: [0 mm, {width!r} mm, {thickness!r} mm], along: y}}
  - {{name: narrow, what: displacement, at: [0 mm, 0 mm, {thickness!r} mm], along: y}}
  - {{name: upper, what: displacement, at: [0 mm, {width!r} mm, {thickness!r} mm], along: z}}
  - {{name: lower, what: displacement, at: [0 mm, {width!r} mm, 0 mm], along: z}}
"""


def box_of_tetrahedra(length, width, thickness, cells=(4, 2, 2)):
    """A Gmsh file: six tetrahedra about the diagonal of each cell."""
    nx, ny, nz = cells
    number = lambda i, j, k: 1 + i + (nx + 1) * (j + (ny + 1) * k)
    nodes = [f"{number(i, j, k)} {length * i / nx!r} {width * j / ny!r} {thickness * k / nz!r}"
             for k in range(nz + 1) for j in range(ny + 1) for i in range(nx + 1)]
    elements = []
    for k, j, i in ((k, j, i) for k in range(nz) for j in range(ny) for i in range(nx)):
        corner = [number(i + a, j + b, k + c) for a, b, c in
                  ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1))]
        for tet in ((0, 1, 2, 6), (0, 2, 3, 6), (0, 3, 7, 6), (0, 7, 4, 6), (0, 4, 5, 6), (0, 5, 1, 6)):
            elements.append("4 2 1 1 " + " ".join(str(corner[a]) for a in tet))
        for group, at, sides in ((2, i == 0, ((0, 3, 7), (0, 7, 4))), (3, i == nx - 1, ((1, 2, 6), (1, 6, 5)))):
            elements += [f"2 2 {group} {group} " + " ".join(str(corner[a]) for a in side) for side in sides if at]
    names = '$PhysicalNames\n3\n3 1 "all"\n2 2 "x_min"\n2 3 "x_max"\n$EndPhysicalNames\n'
    numbered = [f"{n + 1} {element}" for n, element in enumerate(elements)]
    return ("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n" + names + f"$Nodes\n{len(nodes)}\n" + "\n".join(nodes) +
            f"\n$EndNodes\n$Elements\n{len(numbered)}\n" + "\n".join(numbered) + "\n$EndElements\n")


class Prestress(solved.Solved):
    def strip(self, length, width, thickness, by, prestress="", element="hex8"):
        return self.solve(STRIP.format(length=length, width=width, thickness=thickness, by=by, prestress=prestress,
                                       element=element))

    def test_a_strip_that_begins_stretched_goes_on_as_the_strip_that_was_stretched(self):
        """Cut out 10 mm long and pulled to 11 and then 11.5; or seen at 11, as narrow as it is then, and pulled on."""
        self.tissue("soft", 0.4, 0.9, fibres=solved.FIBRES)
        for element in ("hex8", "hex8-std"):
            with self.subTest(element=element):
                there = self.strip(10.0, 4.0, 2.0, 1.0, element=element)
                frame = there.frame(1)
                gradient, _ = frame.gradients()
                width, thickness = 4.0 * gradient[0, 1, 1], 2.0 * gradient[0, 2, 2]
                further = self.strip(10.0, 4.0, 2.0, 1.5, element=element)
                seen = self.strip(11.0, width, thickness, 0.5, LAYERS.format(stretch=1.1), element)
                self.assertGreater(there.measured["force"], 1.0)
                self.assert_near(seen.curve["force"][0], there.measured["force"], 1e-8)
                self.assert_near(seen.curve["volume"][0], there.measured["volume"], 1e-8)
                self.assert_near(seen.measured["force"], further.measured["force"], 1e-8)

    def test_tetrahedra_share_a_prestressed_volume_around_their_nodes(self):
        """The same with tet4, whose patches must count natural volumes: nearly incompressible, so that it matters."""
        self.tissue("soft", 0.4, 40.0, fibres=solved.FIBRES)

        def solve(length, width, thickness, by, prestress=""):
            self.write("box.msh", box_of_tetrahedra(length, width, thickness))
            self.write("scenario.yaml", TETS.format(by=by, width=width, thickness=thickness, prestress=prestress))
            done = self.striffin("run", "-q", "-j", "1", "-o", "result", "scenario.yaml")
            self.assertEqual(done.returncode, 0, done)
            self.assertIn("tet4 is too stiff in bending", done.stderr)  # a warning, and no more
            return solved.Result(self.folder / "result")

        there, further = solve(10.0, 4.0, 2.0, 1.0), solve(10.0, 4.0, 2.0, 1.5)
        width = 4.0 + there.measured["wide"] - there.measured["narrow"]
        thickness = 2.0 + there.measured["upper"] - there.measured["lower"]
        seen = solve(11.0, width, thickness, 0.5, LAYERS.format(stretch=1.1))
        self.assertGreater(there.measured["force"], 1.0)
        self.assertLess(width, 3.9)
        self.assert_near(seen.curve["force"][0], there.measured["force"], 1e-7)
        self.assert_near(seen.curve["volume"][0], there.measured["volume"], 1e-7)
        self.assert_near(seen.measured["force"], further.measured["force"], 1e-7)

    def test_what_was_asked_and_found_is_recorded(self):
        """The grips keep the length of the strip, so its stretch is found as it was asked for."""
        self.tissue("soft", 0.4, 0.9, fibres=solved.FIBRES)
        record = self.strip(11.0, 4.0, 2.0, 0.5, LAYERS.format(stretch=1.1)).record
        (part,) = record["prestress"]
        self.assertEqual((part["layer"], part["family"], part["asked"]), ("all", "fibrils", 1.1))
        for key in ("found", "least", "largest"):
            self.assert_near(part[key], 1.1, 1e-6)

    def test_an_image_under_its_load_stays_as_it_is_and_comes_back_to_it(self):
        self.tissue("soft", 0.4, 9.0, fibres=solved.FIBRES)
        result = self.solve(WALL)
        rise, time = result.curve["rise"], result.curve["time"]
        self.assertEqual((time[0], rise[0]), (1.0, 0.0))
        unloaded = rise[list(time).index(2.0)]
        self.assertLess(unloaded, -0.05)
        self.assertLessEqual(abs(rise[-1]), 1e-5 * abs(unloaded))
        (part,) = json.loads((result.folder / "run.json").read_text())["prestress"]
        self.assertLess(part["least"], part["found"])
        self.assertGreater(part["largest"], part["found"])
        self.assert_near(part["found"], 1.04, 0.02)

    def test_two_ranks_find_the_same(self):
        self.tissue("soft", 0.4, 9.0, fibres=solved.FIBRES)
        mild = WALL.replace("stretch: 1.04, across: 1.01", "stretch: 1.005")
        one, two = self.solve(mild), self.solve(mild, "-j", "2", out="two")
        unloaded = list(one.curve["time"]).index(2.0)
        self.assert_near(two.curve["rise"][unloaded], one.curve["rise"][unloaded], 1e-6)

    def test_layers_and_families_that_are_not_there(self):
        self.tissue("soft", 0.4, 0.9, fibres=solved.FIBRES)
        for asked, found, hint in (("layer: al, stretch: 1.1", "layer 'al'", "did you mean all?"),
                                   ("layer: all, family: fibril, stretch: 1.1", "family 'fibril'", "fibrils?")):
            prestress = f"prestress: {{layers: [{{{asked}}}]}}\n"
            self.write("case.yaml", STRIP.format(length=10.0, width=4.0, thickness=2.0, by=1.0, element="hex8",
                                                 prestress=prestress))
            told = self.fails(2, "check", "case.yaml")
            self.assertIn(found, told)
            self.assertIn(hint, told)

    def test_an_image_of_a_body_whose_grips_have_moved_is_refused(self):
        self.tissue("soft", 0.4, 0.9, fibres=solved.FIBRES)
        prestress = LAYERS.format(stretch=1.1).replace("{layers", "{at: 0.5 s, layers")
        self.write("case.yaml", STRIP.format(length=10.0, width=4.0, thickness=2.0, by=1.0, element="hex8",
                                             prestress=prestress))
        told = self.fails(2, "check", "case.yaml")
        self.assertIn("when a grip has moved", told)


if __name__ == "__main__":
    solved.tap.main()
