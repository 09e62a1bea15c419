"""Scenarios solved by the program, and what they left in their folder."""

import csv
import inspect
import json
import os
import pathlib
import sys

import meshio
import numpy

sys.path.append(str(pathlib.Path(__file__).parents[1] / "cli"))

import program  # noqa: E402
import tap  # noqa: E402,F401

from read_vtu import read_collection  # noqa: E402

RUBBER = pathlib.Path(program.SOURCE) / "bench/tissues/rubber.yaml"

# A tissue of chosen numbers, for tests of numerics.
TISSUE = """striffin-tissue: 1
name: {name}
title: of a test
matrix:
  law: neo-hookean
  shear_modulus: {{value: {shear_modulus} MPa, grade: "estimated: chosen"}}
  volumetric: {volumetric}
  bulk_modulus: {{value: {bulk_modulus} MPa, grade: "estimated: chosen"}}
"""
FIBRES = """fibres:
  - name: fibrils
    law: fibrils
    fraction: {value: 20 %, spread: 2 %, grade: "estimated: chosen"}
    modulus: {value: 300 MPa, grade: "estimated: chosen"}
    straightening_stretch: {value: 1.03, grade: "estimated: chosen"}
    straightening_sd: {value: 0.008, grade: "estimated: chosen"}
"""


class Result:
    """A folder of results."""

    def __init__(self, folder):
        self.folder = folder
        with (folder / "curves.csv").open() as file:
            rows = list(csv.reader(file))
        self.header = rows[0]
        values = numpy.array(rows[1:], dtype=float)
        self.curve = {title.split(" [")[0]: values[:, i] for i, title in enumerate(self.header)}
        self.record = json.loads((folder / "run.json").read_text())
        self.measured = {item["name"]: item.get("value") for item in self.record["measurements"]}
        self.frames = {}
        for time, path in read_collection(folder):
            self.frames.setdefault(time, []).append(path)
        self.times = sorted(self.frames)

    def frame(self, time):
        return Frame([meshio.read(path) for path in self.frames[time]])


class Frame:
    """The pieces of all ranks at one time, put together; nodes between two ranks' pieces are there twice."""

    def __init__(self, pieces):
        starts = numpy.cumsum([0] + [len(piece.points) for piece in pieces])
        blocks = [(block, start) for piece, start in zip(pieces, starts) for block in piece.cells]
        assert {block.type for block, _ in blocks} == {"hexahedron"}
        self.points = numpy.concatenate([piece.points for piece in pieces]).astype(float)
        self.cells = numpy.concatenate([block.data.astype(int) + start for block, start in blocks])
        self.point = {name: numpy.concatenate([piece.point_data[name] for piece in pieces]).astype(float)
                      for name in pieces[0].point_data}
        self.cell = {name: numpy.concatenate([part for piece in pieces for part in piece.cell_data[name]]).astype(float)
                     for name in pieces[0].cell_data}
        self.displacement = self.point["displacement [mm]"]
        self.corners = self.points[self.cells]
        self.centres = self.corners.mean(axis=1)

    def gradients(self):
        """(deformation gradient at the middle of every cell, reference volume from there)."""
        signs = numpy.array([[-1, -1, -1], [1, -1, -1], [1, 1, -1], [-1, 1, -1],
                             [-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]]) / 8
        reference = numpy.einsum("eai,am->eim", self.corners, signs)
        current = numpy.einsum("eai,am->eim", self.corners + self.displacement[self.cells], signs)
        return current @ numpy.linalg.inv(reference), 8 * numpy.linalg.det(reference)

    def nominal_stress(self):
        """First Piola-Kirchhoff stress P = J s F^-T of every cell, from its mean Cauchy stress."""
        gradient, _ = self.gradients()
        xx, yy, zz, xy, yz, xz = self.cell["stress [MPa]"].T
        cauchy = numpy.moveaxis(numpy.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]), 2, 0)
        inverse = numpy.linalg.inv(gradient)
        return numpy.linalg.det(gradient)[:, None, None] * cauchy @ inverse.transpose(0, 2, 1)


class Solved(program.Program):
    def tissue(self, name, shear_modulus, bulk_modulus, volumetric="convex", fibres=""):
        text = TISSUE.format(name=name, shear_modulus=shear_modulus, bulk_modulus=bulk_modulus, volumetric=volumetric)
        self.write(f"{name}.yaml", text + fibres)

    def solve(self, scenario, *options, out="result"):
        """Runs a scenario, a path or its text, on one rank unless options say otherwise."""
        if not isinstance(scenario, pathlib.Path):
            scenario = self.write("scenario.yaml", scenario)
        patient = program.environment(OMPI_MCA_mpi_yield_when_idle="1")  # ranks that wait give way to those that work
        self.succeeds("run", "-q", "--no-report", *(options or ("-j", "1")), "-o", out, scenario, env=patient)
        return Result(self.folder / out)

    def tabulate(self, what, found, expected, error, tolerance):
        """Appends a comparison to the table of `make verify`, if one is being made."""
        if "STF_VERIFY_TABLE" not in os.environ:
            return
        caller = inspect.stack()[2 if not what else 1]
        with open(os.environ["STF_VERIFY_TABLE"], "a", encoding="utf-8") as table:
            print(f"{pathlib.Path(caller.filename).name}:{caller.lineno}", self._testMethodName,
                  what or caller.code_context[0].strip(), f"{found:.12g}", f"{expected:.12g}", f"{error:.3g}",
                  f"{tolerance:.3g}", sep="\t", file=table)

    def assert_near(self, found, expected, relative):
        self.tabulate("", found, expected, abs(found - expected) / abs(expected), relative)
        self.assertLessEqual(abs(found - expected), relative * abs(expected), f"{found} is not near {expected}")
