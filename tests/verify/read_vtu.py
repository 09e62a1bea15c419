#!/usr/bin/python3
"""Reads fields.pvd and its .vtu files with readers that striffin did not write.

Usage: read_vtu.py FOLDER       checks the fields of any result: every file of fields.pvd, every array
       read_vtu.py --test EXE   checks what tests/verify/write_vtu.c writes, number by number; prints TAP

meshio and VTK are used, whichever are installed; at least one has to be.
"""

import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import numpy


# Kind of cell, and the three nodes that share an edge with its first, in right-handed order.
EDGES = {"hexahedron": (1, 3, 4), "wedge": (1, 2, 3), "tetra": (1, 2, 3), "tetra10": (1, 2, 3)}
VTK_KINDS = {3: "line", 10: "tetra", 12: "hexahedron", 13: "wedge", 24: "tetra10"}
VTK_WEDGE = [0, 2, 1, 3, 5, 4]  # its bottom is the other way round; meshio turns it itself


def read_with_meshio(path):
    """(points, [(kind of cell, nodes [cells][nodes of a cell])], point fields, cell fields), as in the file."""
    import meshio
    mesh = meshio.read(path)
    cell_data = {name: numpy.concatenate(parts) for name, parts in mesh.cell_data.items()}
    return mesh.points, [(block.type, block.data) for block in mesh.cells], mesh.point_data, cell_data


def read_with_vtk(path):
    import vtk
    from vtk.util.numpy_support import vtk_to_numpy

    def fields(data):
        arrays = [data.GetArray(i) for i in range(data.GetNumberOfArrays())]
        return {array.GetName(): vtk_to_numpy(array) for array in arrays}

    faults = []
    reader = vtk.vtkXMLUnstructuredGridReader()
    reader.AddObserver("ErrorEvent", lambda *event: faults.append(event))
    reader.SetFileName(str(path))
    reader.Update()
    assert not faults, f"{path}: VTK says that the file is broken"
    grid = reader.GetOutput()
    points = vtk_to_numpy(grid.GetPoints().GetData()) if grid.GetNumberOfPoints() else numpy.empty((0, 3))
    cells = []
    for i in range(grid.GetNumberOfCells()):
        kind, ids = VTK_KINDS[grid.GetCellType(i)], grid.GetCell(i).GetPointIds()
        if not cells or cells[-1][0] != kind:
            cells.append((kind, []))
        cells[-1][1].append([ids.GetId(j) for j in range(ids.GetNumberOfIds())])
    cells = [(kind, numpy.array(nodes)) for kind, nodes in cells]
    cells = [(kind, nodes[:, VTK_WEDGE] if kind == "wedge" else nodes) for kind, nodes in cells]
    return points, cells, fields(grid.GetPointData()), fields(grid.GetCellData())


def readers():
    found = []
    for name, reader in (("meshio", read_with_meshio), ("vtk", read_with_vtk)):
        try:
            __import__(name)
            found.append((name, reader))
        except ImportError:
            pass
    assert found, "neither meshio nor VTK is installed (python3-meshio, python3-vtk9)"
    return found


def read_collection(folder):
    """[(time, file)] of fields.pvd."""
    root = xml.etree.ElementTree.parse(folder / "fields.pvd").getroot()
    assert root.tag == "VTKFile" and root.get("type") == "Collection", root.tag
    frames = [(float(item.get("timestep")), folder / item.get("file")) for item in root.iter("DataSet")]
    assert frames, "fields.pvd names no file"
    times = [time for time, _ in frames]
    assert times == sorted(times), "times run backwards"
    listed = {path.resolve() for _, path in frames}
    there = {path.resolve() for path in (folder / "fields").iterdir()}
    assert listed == there, f"fields.pvd and fields/ differ by {listed ^ there}"
    return frames


def count(cells):
    return sum(len(nodes) for _, nodes in cells)


def check_shapes(mesh):
    points, cells, point_data, cell_data = mesh
    assert numpy.isfinite(points).all()
    assert all(nodes.min() >= 0 and nodes.max() < len(points) for _, nodes in cells)
    assert all(len(values) == len(points) for values in point_data.values()), "a point field of another length"
    assert all(len(values) == count(cells) for values in cell_data.values()), "a cell field of another length"


def volumes(points, cells):
    """Of the parallelepipeds spanned by each cell's first three edges: positive for a cell the right way round."""
    found = [numpy.empty(0)]
    for kind, nodes in cells:
        edges = [points[nodes[:, i]] - points[nodes[:, 0]] for i in EDGES[kind]]
        found.append(numpy.einsum("ij,ij->i", numpy.cross(edges[0], edges[1]), edges[2]))
    return numpy.concatenate(found)


def check_fibres(mesh, fields):
    """Every line is of one family, told twice, and every family of the fields has lines."""
    check_shapes(mesh)
    (kind, ends), = mesh[1]
    assert kind == "line" and len(ends) > 0, kind
    assert (numpy.linalg.norm(mesh[0][ends[:, 1]] - mesh[0][ends[:, 0]], axis=1) > 0).all(), "a line without length"
    names = [name for name in mesh[3] if name.startswith("fibre ")]
    assert set(names) == {name for name in fields if name.startswith("fibre ")}, names
    for i, name in enumerate(names):
        assert (mesh[3][name] == (mesh[3]["family"] == i)).all() and mesh[3][name].any(), name


def check_result(folder):
    """Checks any result; says what is in it."""
    frames = read_collection(folder)
    for name, reader in readers():
        for _, path in frames:
            mesh = reader(path)
            check_shapes(mesh)
            assert (volumes(mesh[0], mesh[1]) > 0).all(), f"{path}: an inverted cell"
        if (folder / "fibres.vtu").exists():
            check_fibres(reader(folder / "fibres.vtu"), mesh[3])
        fields = sorted([*mesh[2], *mesh[3]])
        print(f"{name}: {len(frames)} files, the last with {len(mesh[0])} points, {count(mesh[1])} cells, {fields}")


def close(found, expected):
    return found.shape == expected.shape and numpy.allclose(found, expected, rtol=1e-6, atol=1e-6)


def check_piece(reader, path, rank, time):
    """What write_vtu.c fills in, by the same formulas."""
    points, cells, point_data, cell_data = mesh = reader(path)
    check_shapes(mesh)
    i, j, k = numpy.meshgrid(range(31), range(5), range(4), indexing="ij")
    expected = numpy.column_stack([(i / 3 + rank * 10).ravel(), (j / 7).ravel(), (k / 11).ravel()])
    assert numpy.abs(points - expected).max() < 1e-14, "points"
    assert [(kind, nodes.shape) for kind, nodes in cells] == [("hexahedron", (360, 8))]
    assert numpy.allclose(volumes(points, cells), 1 / (3 * 7 * 11)), "cells"
    x, y, z = points.T
    moved = numpy.column_stack([time * y, time * x * x, -time * z])
    assert close(point_data["displacement [mm]"], moved), "displacement"
    number = numpy.arange(360)
    assert close(cell_data["J"].ravel(), 1 + time * number), "J"
    assert close(cell_data["stress [MPa]"], 10 * number[:, None] + numpy.arange(6)), "stress"


def check_crowds(reader, folder):
    paths = sorted(folder.glob("crowd_*.vtu"))
    assert len(paths) == 300
    for path in paths:
        points, cells, point_data, cell_data = mesh = reader(path)
        check_shapes(mesh)
        assert points.shape == (620, 3) and count(cells) == 360, path.name
        assert not point_data and len(cell_data) == 20, path.name


def check_mixed(reader, path):
    points, cells, _, cell_data = mesh = reader(path)
    check_shapes(mesh)
    assert [(kind, nodes.shape) for kind, nodes in cells] == [
        ("tetra", (1, 4)), ("hexahedron", (1, 8)), ("wedge", (1, 6)), ("tetra", (1, 4))], cells
    assert list(cells[2][1][0]) == [1, 8, 2, 5, 9, 6], cells[2]
    assert (volumes(points, cells) > 0).all()
    assert close(cell_data["number"].ravel(), numpy.arange(4))


def check_empty(reader, path):
    assert len(reader(path)[0]) == 0


def test(program):
    """Runs the writer and prints TAP."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([program, folder], check=True)
        frames = read_collection(folder)
        assert [time for time, _ in frames] == [0, 0, 0.25, 0.25]
        checks = [(f"{name} reads {path.name}", lambda r=reader, p=path, t=time, n=n: check_piece(r, p, n % 2, t))
                  for name, reader in readers() for n, (time, path) in enumerate(frames)]
        checks += [(f"{name} tells arrays apart by their offsets", lambda r=reader: check_crowds(r, folder))
                   for name, reader in readers()]
        checks += [(f"{name} reads cells of several shapes", lambda r=reader: check_mixed(r, folder / "mixed.vtu"))
                   for name, reader in readers()]
        checks += [("vtk reads a piece without points", lambda r=reader: check_empty(r, folder / "empty.vtu"))
                   for name, reader in readers() if name == "vtk"]
        print(f"1..{len(checks)}")
        for number, (what, check) in enumerate(checks, 1):
            try:
                check()
                print(f"ok {number} - {what}")
            except (Exception, SystemExit) as error:  # any fault of a reader is a failed test, no reason to stop
                print(f"not ok {number} - {what}\n# {type(error).__name__}: {error}")


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--test":
        test(sys.argv[2])
    elif len(sys.argv) == 2:
        check_result(pathlib.Path(sys.argv[1]))
    else:
        sys.exit(__doc__)
