"""Two layers that glide on each other: the tissues, and runs that say no more than that a mesh is coarse."""

import solved

SOLID = """striffin-tissue: 1
name: {name}
title: of a test
matrix:
  law: neo-hookean-drained
  shear_modulus: {{value: {shear} MPa, grade: "estimated: test"}}
  poisson_ratio: {{value: 0, grade: "estimated: test"}}
"""
NUMBER = '  {}: {{value: {}, grade: "estimated: test"}}\n'
GLIDE = """striffin-tissue: 1
name: between
title: of a test
glide:
  law: areolar
"""


def numbers(**values):
    """Lines of a tissue file."""
    return "".join(NUMBER.format(key, value) for key, value in values.items())


CONTACT = numbers(thickness="0.1 mm", closing_stiffness="20 MPa/mm")
FILM = numbers(hyaluronan="3 mg/ml", molar_mass="2 MDa", solvent_viscosity="0.7 mPa s")
# Fibres that no load presses together, so that none of the film leaves, and which never pull.
MATRIX = numbers(free_slip="1 m", septa_modulus="1e5 MPa", septa_stiffening="0")
CONTENT = 3 * 1.723 * 2 ** 0.7814  # c[eta] of that film
VISCOSITY = 0.7e-9 * (1 + CONTENT + 0.42 * CONTENT ** 2 + 0.0078 * CONTENT ** 4.18)  # [MPa s]

# Warnings of meshes that are coarse, as those of tests mean to be.
COARSE = ("sliding: large", "dies away")


class Gliding(solved.Solved):
    def write_tissues(self, glide, shear):
        """A solid, and what lies between, with the lines `glide`."""
        self.write("tissues/solid.yaml", SOLID.format(name="solid", shear=shear))
        self.write("tissues/between.yaml", GLIDE + glide)

    def finished(self, name, *words):
        """The result out/NAME of pair.yaml."""
        done = self.striffin("run", "-q", *words, "pair.yaml", "-o", f"out/{name}")
        said = [line for line in done.stderr.splitlines() if not any(warning in line for warning in COARSE)]
        self.assertEqual((done.returncode, said), (0, []), done)
        return solved.Result(self.folder / "out" / name)
