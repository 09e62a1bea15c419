"""The benchmark problems, and what their scenarios say, for programs that cannot read a scenario.

A problem is one of the scenarios of this folder with elements of a given size. Peers take geometry, laws and movement
from the scenario itself, so that all programs solve the same equations.
"""

import dataclasses
import pathlib
import re
import shutil

import numpy
import yaml

FOLDER = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass(frozen=True)
class Problem:
    scenario: str
    size: str  # of the elements
    unknowns: int
    force: float  # [N] at the end, to the digits in which independent programs agree; None: no two have solved it


PROBLEMS = {
    "cube-10": Problem("cube", "1 mm", 3993, 2.63728407),
    "cube-20": Problem("cube", "0.5 mm", 27783, 2.60481146),
    "cube-30": Problem("cube", "0.3333333333333333 mm", 89373, 2.59739787),
    "cube-40": Problem("cube", "0.25 mm", 206763, 2.59445269),
    "sheet-15k": Problem("sheet", "2 mm", 15147, 1.3472945),
    "sheet-57k": Problem("sheet", "1 mm", 57267, 1.3267256),
    "sheet-222k": Problem("sheet", "0.5 mm", 222507, 1.3172588),
    "sheet-877k": Problem("sheet", "0.25 mm", 876987, 1.313054045),
    "incompressible-15k": Problem("incompressible", "2 mm", 15147, 1.41079922),
    "incompressible-57k": Problem("incompressible", "1 mm", 57267, 1.39469362),
    "elastic-57k": Problem("elastic", "1 mm", 57267, None),
    "tearing-57k": Problem("tearing", "1 mm", 57267, None),
    "back-105k": Problem("back", "2 mm", 105042, None),
    "relaxation-57k": Problem("relaxation", "1 mm", 57267, None),
}


def write_scenario(name, folder, **solve):
    """Writes the scenario of a problem and its tissues to a folder; `solve` replaces settings of the solver."""
    text = (FOLDER / f"{PROBLEMS[name].scenario}.yaml").read_text(encoding="utf-8")
    text = replaced(text, r"(?<=^name: ).*", name)
    text = replaced(text, r"(?<=size: )[^,}]*", PROBLEMS[name].size)
    for key, value in solve.items():
        text = replaced(text, rf"(?<={key}: )[^,}}\n]*", str(value))
    shutil.copytree(FOLDER / "tissues", folder / "tissues", dirs_exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def replaced(text, pattern, value):
    text, count = re.subn(pattern, value, text, flags=re.M)
    if count != 1:
        raise ValueError(f"{pattern} stands {count} times in a scenario, not once")
    return text


@dataclasses.dataclass(frozen=True)
class Law:
    """
    W = c10 (I1 - 3) + bulk/2 (J - 1)^2 + k1/(2 k2) (exp(k2 <I4 - 1>^2) - 1) for each family, of isochoric invariants.
    """

    c10: float  # [MPa]
    bulk: float  # [MPa]
    families: tuple  # of (k1 [MPa], k2)


@dataclasses.dataclass(frozen=True)
class Layer:
    law: Law
    angles: tuple  # [rad] of the families in the plane, from x
    thickness: float  # [mm]
    elements: int  # through the thickness


@dataclasses.dataclass(frozen=True)
class Block:
    """A strip [0, length] x [-width/2, width/2] x [0, sum of the thicknesses], its end x = length moved along x."""

    length: float  # [mm]
    width: float  # [mm]
    layers: tuple  # from z = 0 up
    count: tuple  # elements along x, y, z
    element: str
    steps: int
    pull: float  # [mm]

    @property
    def z(self):
        """[mm] where the layers of nodes lie."""
        levels = [0.0]
        for layer in self.layers:
            levels += list(levels[-1] + layer.thickness * numpy.arange(1, layer.elements + 1) / layer.elements)
        return numpy.array(levels)

    @property
    def layer_of_row(self):
        """Index of the layer for each row of elements through the thickness."""
        return [i for i, layer in enumerate(self.layers) for _ in range(layer.elements)]


def quantity(text, unit):
    number, *found = str(text).split()
    if found != ([unit] if unit else []):
        raise ValueError(f"'{text}' is not in {unit or 'a number'}")
    return float(number)


def read_law(path):
    tissue = yaml.safe_load(path.read_text(encoding="utf-8"))
    matrix = tissue["matrix"]
    if matrix["volumetric"] != "quadratic":
        raise ValueError(f"{path}: peers have no volumetric law '{matrix['volumetric']}'")
    if matrix["law"] == "neo-hookean":
        c10 = quantity(matrix["shear_modulus"]["value"], "MPa") / 2
    elif matrix["law"] == "mooney-rivlin" and quantity(matrix["c01"]["value"], "MPa") == 0:
        c10 = quantity(matrix["c10"]["value"], "MPa")
    else:
        raise ValueError(f"{path}: peers have no such matrix")
    families = []
    for family in tissue.get("fibres", []):
        if family["law"] != "holzapfel-gasser-ogden" or quantity(family["kappa"]["value"], "") != 0:
            raise ValueError(f"{path}: peers have no such fibres")
        families.append((quantity(family["k1"]["value"], "MPa"), quantity(family["k2"]["value"], "")))
    return Law(c10, quantity(matrix["bulk_modulus"]["value"], "MPa"), tuple(families))


def tissue_file(scenario, name):
    beside = [scenario.parent / f"{name}.yaml", scenario.parent / "tissues" / f"{name}.yaml"]
    return next(path for path in beside if path.exists())


def read(path):
    """The Block of a scenario: a strip gripped at x_min and pulled along x at x_max."""
    scenario = yaml.safe_load(path.read_text(encoding="utf-8"))
    anatomy, mesh = scenario["anatomy"], scenario["mesh"]
    grip, pull = scenario["timeline"]
    if (anatomy["generator"], grip["do"], pull["do"], pull["where"]) != ("strip", "grip", "pull", "x_max"):
        raise ValueError(f"{path}: peers know only strips that are pulled")
    length, width, size = (quantity(text, "mm") for text in (anatomy["length"], anatomy["width"], mesh["size"]))
    layers = []
    for layer in anatomy["layers"]:
        thickness = quantity(layer["thickness"], "mm")
        angles = tuple(numpy.deg2rad(quantity(angle, "deg")) for angle in layer.get("fibres", []))
        law = read_law(tissue_file(path, scenario["tissues"][layer["tissue"]]))
        layers.append(Layer(law, angles, thickness, layer.get("elements", max(1, round(thickness / size)))))
    count = (round(length / size), round(width / size), sum(layer.elements for layer in layers))
    return Block(length, width, tuple(layers), count, mesh["element"], scenario["solve"]["steps"],
                 quantity(pull["by"], "mm"))
