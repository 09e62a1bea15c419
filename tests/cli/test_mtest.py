"""`striffin mtest`: tables against closed forms, every law and every tissue, figures, wrong requests."""

import csv
import math
import re
import xml.etree.ElementTree

import program
import tap

NEO = ("neo-hookean", "-p", "shear_modulus=0.8 MPa")
# Equibiaxial shortening of this one has no equilibrium beyond some point.
UNSTABLE = ("ogden", "-p", "mu1=1 MPa", "-p", "alpha1=2", "-p", "mu2=-0.5 MPa", "-p", "alpha2=3", "-p",
            "bulk_modulus=0.1 MPa", "-p", "volumetric=log", "--path", "equibiaxial", "--to", "0.05", "--steps", "8")


class Mtest(program.Program):
    def table(self, *words):
        return self.read(self.succeeds("mtest", *words))

    @staticmethod
    def read(printed):
        rows = list(csv.DictReader(printed.splitlines()))
        return [{key: float(value) for key, value in row.items()} for row in rows]

    def test_prints_the_curve_of_a_law(self):
        rows = self.table(*NEO, "--path", "uniaxial", "--to", "1.5", "--steps", "5")
        self.assertEqual([row["stretch"] for row in rows], [1, 1.1, 1.2, 1.3, 1.4, 1.5])
        for row in rows:
            l = row["stretch"]
            self.assertAlmostEqual(row["nominal_stress [MPa]"], 0.8 * (l - l ** -2), 8)
            self.assertAlmostEqual(row["cauchy_stress [MPa]"], 0.8 * (l * l - 1 / l), 8)
            self.assertAlmostEqual(row["tangent [MPa]"], 0.8 * (1 + 2 * l ** -3), 8)
            self.assertAlmostEqual(row["F_yy"], l ** -0.5, 8)
            self.assertAlmostEqual(row["J"], 1, 8)

    def test_goes_along_every_path(self):
        ends = {"uniaxial": 1.2 - 1.2 ** -2, "equibiaxial": 1.2 - 1.2 ** -5, "planar": 1.2 - 1.2 ** -3, "shear": 0.2}
        for path, end in ends.items():
            rows = self.table(*NEO, "--path", path)
            self.assertEqual(len(rows), 51)
            self.assertAlmostEqual(rows[-1]["nominal_stress [MPa]"], 0.8 * end, 8)
        last = self.table("neo-hookean-drained", "-p", "shear_modulus=0.8 MPa", "-p", "poisson_ratio=0.2", "--path",
                          "confined", "--to", "80 %")[-1]
        self.assertAlmostEqual(last["nominal_stress [MPa]"], 0.8 * (0.8 - 1.25) + 1.6 / 3 * math.log(0.8) / 0.8, 8)

    def test_a_bulk_modulus_makes_a_law_compressible(self):
        last = self.table(*NEO, "-p", "bulk_modulus=2 MPa", "-p", "volumetric=log")[-1]
        self.assertGreater(last["J"], 1.05)
        self.assertGreater(0.8 * (1.2 - 1.2 ** -2), last["nominal_stress [MPa]"])

    def test_knows_every_law_there_is(self):
        overview = self.succeeds("explain")
        laws = re.findall(r"(?m)^  (\S+)", re.search(r"(?m)^Laws.*\n((?:  .*\n)+)", overview)[1])
        self.assertIn("holzapfel-gasser-ogden", laws)
        for law in laws:
            told = self.fails(2, "mtest", law)
            self.assertRegex(told, r"(?m)^-p:1:1: error: \w+: found no key \w+; expected ")

    def test_disperses_fibre_laws(self):
        law = ("fibrils", "-p", "modulus=500 MPa", "-p", "straightening_stretch=1.05", "-p", "straightening_sd=0.012",
               "--path", "equibiaxial", "--to", "1.1")
        along = self.table(*law)[-1]["nominal_stress [MPa]"]
        wide = self.table(*law, "-p", "in_plane_dispersion=51.96 deg")[-1]["nominal_stress [MPa]"]
        # Every fibre in the plane is stretched alike, and x bears the mean of cos^2.
        self.assertAlmostEqual(wide / along, 0.5, 4)
        narrow = self.table(*law, "-p", "in_plane_dispersion=10 deg", "-p", "out_of_plane_dispersion=5 deg")
        self.assertGreater(along, narrow[-1]["nominal_stress [MPa]"])
        self.assertIn("in_plane_dispersion", self.fails(2, "mtest", *law, "-p", "in_plane_dispersion=60 deg"))
        fung = ("fung", "-p", "c=2 MPa", "-p", "b_f=0.7", "-p", "b_t=0.3", "-p", "b_fs=0.2")
        self.assertIn("in_plane_dispersion", self.fails(2, "mtest", *fung, "-p", "in_plane_dispersion=10 deg"))
        self.assertIn("in_plane_dispersion", self.succeeds("explain", "fibrils"))

    def test_drives_fibre_laws_alone(self):
        last = self.table("exponential-fibre", "-p", "k1=1 MPa", "-p", "k2=2", "--to", "1.3")[-1]
        strain = 1.3 ** 2 - 1
        self.assertAlmostEqual(last["nominal_stress [MPa]"], 2.6 * strain * math.exp(2 * strain ** 2), 8)
        turned = self.table("holzapfel-gasser-ogden", "-p", "k1=1 MPa", "-p", "k2=2", "-p", "kappa=0.2", "-f", "30 deg",
                            "-p", "invariants=full", "--path", "equibiaxial")[-1]
        self.assertGreater(turned["nominal_stress [MPa]"], 0.1)

    def test_drives_a_tissue_along_directions_of_its_fibres(self):
        along = self.table("tendon_fascicle", "--to", "1.06", "--steps", "6")
        self.assertGreater(along[-1]["tangent [MPa]"], 200)
        across = self.table("tendon_fascicle", "--to", "1.06", "--steps", "6", "--fibres", "90 deg")
        self.assertLess(across[-1]["tangent [MPa]"], 2)
        sheet = self.table("fascia_lata", "--fibres", "0 deg, 78 deg,39 deg , -39 deg", "--to", "1.05")
        self.assertGreater(sheet[-1]["tangent [MPa]"], 100)

    def test_drives_a_tissue_of_ones_own(self):
        source = (program.SOURCE / "tissues/tendon_fascicle.yaml").read_text()
        self.write("mine.yaml", source.replace("name: tendon_fascicle", "name: mine"))
        self.assertEqual(self.succeeds("mtest", "mine.yaml"), self.succeeds("mtest", "tendon_fascicle"))
        self.assertEqual(self.succeeds("mtest", "mine"), self.succeeds("mtest", self.folder / "mine.yaml"))

    def test_draws_the_curve(self):
        self.succeeds("mtest", *NEO, "--plot", "a.svg")
        root = xml.etree.ElementTree.parse(self.folder / "a.svg").getroot()
        text = "".join(root.itertext())
        for words in ("neo-hookean, uniaxial", "stretch", "nominal stress", "Cauchy stress", "stress [MPa]"):
            self.assertIn(words, text)

    def test_tells_where_no_equilibrium_is_left_and_what_was_found_until_there(self):
        done = self.striffin("mtest", *UNSTABLE, "--plot", "b.svg")
        self.assertEqual(done.returncode, 3, done)
        self.assertIn("ogden: error: found no equilibrium beyond 0.64", done.stderr)
        self.assertEqual(len(self.read(done.stdout)), 4)
        self.assertTrue((self.folder / "b.svg").exists())

    def test_tells_what_is_wrong_with_parameters(self):
        told = self.fails(2, "mtest", "mooney-rivlin", "-p", "c10=1", "-p", "c20=1 MPa", "-p", "bulk_modulus=0 MPa")
        self.assertIn("-p:1:6: error: c10: found 1; expected a stress with its unit", told)
        self.assertIn("did you mean c10?", told)
        self.assertIn("found no key c01", told)
        self.assertIn("bulk_modulus: found 0 MPa", told)
        self.assertIn("parameters that cannot be: c10 + c01",
                      self.fails(2, "mtest", "mooney-rivlin", "-p", "c10=1 MPa", "-p", "c01=-2 MPa"))
        for pair in ("c10", "=1 MPa", "", "c10=1 MPa\nc01=2 MPa"):
            self.assertIn("expected KEY=VALUE", self.fails(2, "mtest", "mooney-rivlin", "-p", pair))
        self.assertIn("bulk_modulus", self.fails(2, "mtest", *NEO, "--path", "confined"))
        self.assertIn("parameters stand in its file", self.fails(2, "mtest", "tendon_fascicle", "-p", "k1=1 MPa"))

    def test_tells_what_is_wrong_with_directions(self):
        told = self.fails(2, "mtest", "fascia_lata")
        self.assertIn("found 0 directions; expected one for each of the 4 families of fascia_lata (along, across", told)
        self.assertIn("found 2 directions", self.fails(2, "mtest", "tendon_fascicle", "-f", "0 deg, 90 deg"))
        self.assertIn("found 1 direction;", self.fails(2, "mtest", *NEO, "-f", "0 deg"))
        for angle in ("30", "30 mm", "wide", ",", "x" * 60):
            self.assertIn("expected angles", self.fails(2, "mtest", "tendon_fascicle", "-f", angle))

    def test_tells_what_is_wrong_with_the_rest(self):
        self.assertIn("no law or tissue neo-hokean; did you mean neo-hookean?", self.fails(2, "mtest", "neo-hokean"))
        self.assertIn("did you mean tendon_fascicle?", self.fails(2, "mtest", "tendon_fasicle"))
        self.assertIn("no tissue named xyzzy", self.fails(2, "mtest", "xyzzy"))
        self.assertIn("what is to be tested?", self.fails(2, "mtest"))
        self.assertIn("found b after a", self.fails(2, "mtest", "a", "b"))
        self.assertIn("did you mean shear?", self.fails(2, "mtest", *NEO, "--path", "sheer"))
        for to in ("1", "0", "-1", "21", "0.2 mm", "far", ""):
            self.assertIn("--to: found", self.fails(2, "mtest", *NEO, "--to", to))
        self.assertIn("--to: found 0", self.fails(2, "mtest", *NEO, "--path", "shear", "--to", "0"))
        for steps in ("0", "-5", "1e3", "100001", "few"):
            self.assertIn("--steps: found", self.fails(2, "mtest", *NEO, "--steps", steps))
        self.assertIn("expected the name of a file", self.fails(2, "mtest", *NEO, "--plot", ""))
        self.assertIn("no/where.svg: error: ", self.fails(4, "mtest", *NEO, "--plot", "no/where.svg"))


if __name__ == "__main__":
    tap.main()
