"""Solves a scenario of the benchmark with dolfinx and prints {"force", "unknowns", "iterations"} as JSON.

Usage: [mpiexec -n N] /usr/bin/python3 bench/peer_dolfinx.py SCENARIO mumps|gamg

hex8-std: trilinear displacements, 2x2x2 Gauss points. hex8: with a pressure p that is constant in each element; for the
volumetric energy K/2 (J - 1)^2 these are the equations of the mean dilatation 1 + p/K. Newton's method with full steps
goes on to a relative correction of 1e-6; its first step carries the moved end's movement into the body, and a load step
that it does not find is halved.
"""

import json
import pathlib
import sys

import numpy
import ufl
from dolfinx import fem, la, mesh
from mpi4py import MPI
from petsc4py import PETSc

import problem

CORRECTION, ITERATIONS, HALVINGS = 1e-6, 20, 8
COMPILER = {"cffi_extra_compile_args": ["-Ofast", "-march=native"]}
SOLVERS = {
    "mumps": {"ksp_type": "preonly", "pc_type": "cholesky", "pc_factor_mat_solver_type": "mumps"},
    "gamg": {"ksp_type": "cg", "ksp_rtol": 1e-6, "ksp_max_it": 2000, "pc_type": "gamg",
             "mg_levels_esteig_ksp_type": "cg", "mg_levels_ksp_type": "chebyshev", "mg_levels_pc_type": "jacobi"},
}


def build_mesh(block):
    """The mesh, and for each of its cells the index of the row through the thickness."""
    nz = block.count[2]
    corners = [[0, -block.width / 2, 0], [block.length, block.width / 2, nz]]
    domain = mesh.create_box(MPI.COMM_WORLD, corners, block.count, mesh.CellType.hexahedron)
    cells = domain.topology.index_map(3).size_local + domain.topology.index_map(3).num_ghosts
    rows = mesh.compute_midpoints(domain, 3, numpy.arange(cells, dtype=numpy.int32))[:, 2].astype(int)
    domain.geometry.x[:, 2] = numpy.interp(domain.geometry.x[:, 2], numpy.arange(nz + 1), block.z)
    return domain, rows


def cellwise(domain, values):
    """A function that is constant in every cell; values [cells] or [cells, 3]."""
    values = numpy.asarray(values)
    space = fem.FunctionSpace(domain, ("DG", 0)) if values.ndim == 1 else fem.VectorFunctionSpace(domain, ("DG", 0))
    function = fem.Function(space)
    function.x.array[:] = values.ravel()
    return function


def energy(block, domain, rows, displacement, pressure):
    """Stored energy; with a pressure the two-field energy whose stationary point is sought."""
    layers = [block.layers[i] for i in block.layer_of_row]
    fibrous = numpy.array([bool(layer.law.families) for layer in layers])[rows]
    tags = mesh.meshtags(domain, 3, numpy.arange(len(rows), dtype=numpy.int32), fibrous.astype(numpy.int32))
    dx = ufl.Measure("dx", domain, subdomain_data=tags, metadata={"quadrature_degree": 3})
    c10 = cellwise(domain, numpy.array([layer.law.c10 for layer in layers])[rows])
    bulk = cellwise(domain, numpy.array([layer.law.bulk for layer in layers])[rows])
    F = ufl.Identity(3) + ufl.grad(displacement)
    C, J = F.T * F, ufl.det(F)
    split = J**(-2 / 3)
    volume = bulk / 2 * (J - 1)**2 if pressure is None else pressure * (J - 1) - pressure**2 / (2 * bulk)
    matrix = c10 * (split * ufl.tr(C) - 3) + volume
    fibres = 0
    for family in range(max(len(layer.law.families) for layer in layers)):
        k1, k2 = next(layer.law.families[family] for layer in layers if layer.law.families)
        angles = numpy.array([layer.angles[family] if layer.angles else 0.0 for layer in layers])[rows]
        a0 = cellwise(domain, numpy.stack([numpy.cos(angles), numpy.sin(angles), 0 * angles], axis=1))
        E = split * ufl.dot(a0, C * a0) - 1
        E = ufl.conditional(ufl.gt(E, 0), E, 0)
        k1, k2 = (fem.Constant(domain, PETSc.ScalarType(k)) for k in (k1, k2))
        fibres += k1 / (2 * k2) * (ufl.exp(k2 * E**2) - 1)
    return matrix * dx(0) + (matrix + fibres) * dx(1)


def movements(space, coordinates):
    """The six movements of a stiff body, which algebraic multigrid has to know."""
    modes = [la.create_petsc_vector(space.dofmap.index_map, space.dofmap.index_map_bs) for _ in range(6)]
    n = space.dofmap.index_map.size_local
    x = coordinates[:n] - coordinates[:n].mean(axis=0)
    for i, mode in enumerate(modes):
        field = numpy.zeros((n, 3))
        if i < 3:
            field[:, i] = 1
        else:
            field[:] = numpy.cross(numpy.eye(3)[i - 3], x)
        mode.array[:] = field.ravel()
    for i, mode in enumerate(modes):
        for other in modes[:i]:
            mode.axpy(-mode.dot(other), other)
        mode.normalize()
    return PETSc.NullSpace().create(vectors=modes, comm=MPI.COMM_WORLD)


class Body:
    def __init__(self, block, solver):
        self.block = block
        domain, rows = build_mesh(block)
        line = ufl.VectorElement("Lagrange", domain.ufl_cell(), 1)
        mixed = block.element == "hex8"
        element = ufl.MixedElement([line, ufl.FiniteElement("DG", domain.ufl_cell(), 0)]) if mixed else line
        self.space = fem.FunctionSpace(domain, element)
        self.x = fem.Function(self.space)
        u, p = ufl.split(self.x) if mixed else (self.x, None)
        slope = ufl.derivative(energy(block, domain, rows, u, p), self.x, ufl.TestFunction(self.space))
        self.residual = fem.form(slope, jit_params=COMPILER)
        self.tangent = fem.form(ufl.derivative(slope, self.x, ufl.TrialFunction(self.space)), jit_params=COMPILER)
        self.hold(mixed)
        self.b = fem.petsc.create_vector(self.residual)
        self.A = fem.petsc.create_matrix(self.tangent)
        self.dx = self.b.duplicate()
        if solver == "gamg":
            self.A.setNearNullSpace(movements(self.space, self.space.tabulate_dof_coordinates()))
        self.ksp = self.linear_solver(solver)

    def linear_solver(self, solver):
        ksp = PETSc.KSP().create(MPI.COMM_WORLD)
        options = PETSc.Options()
        for key, value in SOLVERS[solver].items():
            options[key] = value
        ksp.setFromOptions()
        ksp.setOperators(self.A)
        ksp.setErrorIfNotConverged(False)
        return ksp

    def hold(self, mixed):
        """Conditions at both ends; `moved` is what the end x = length is moved by."""
        self.moved, self.conditions = [], []
        for axis in range(3):
            part = self.space.sub(0).sub(axis) if mixed else self.space.sub(axis)
            own, _ = part.collapse()
            for end in (0, self.block.length):
                dofs = fem.locate_dofs_geometrical((part, own), lambda x, end=end: numpy.isclose(x[0], end))
                value = fem.Function(own)
                self.conditions.append(fem.dirichletbc(value, dofs, part))
                if axis == 0 and end:
                    self.moved.append(value)
                    self.pulled = dofs[0]

    def assemble_residual(self):
        with self.b.localForm() as local:
            local.set(0)
        fem.petsc.assemble_vector(self.b, self.residual)

    def correct(self):
        """One step of Newton's method; its relative size, or NaN if the linear solver failed."""
        self.A.zeroEntries()
        fem.petsc.assemble_matrix(self.A, self.tangent, bcs=self.conditions)
        self.A.assemble()
        self.assemble_residual()
        x = self.x.vector
        fem.petsc.apply_lifting(self.b, [self.tangent], bcs=[self.conditions], x0=[x], scale=-1.0)
        self.b.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        fem.petsc.set_bc(self.b, self.conditions, x, -1.0)
        self.ksp.solve(self.b, self.dx)
        if self.ksp.getConvergedReason() < 0:
            return float("nan")
        x.axpy(-1.0, self.dx)
        x.ghostUpdate(addv=PETSc.InsertMode.INSERT, mode=PETSc.ScatterMode.FORWARD)
        return self.dx.norm() / x.norm()

    def settle(self):
        """Newton's method; (found, iterations)."""
        for iteration in range(1, ITERATIONS + 1):
            size = self.correct()
            if not size < 1e6:
                return False, iteration
            if size < CORRECTION:
                return True, iteration
        return False, ITERATIONS

    def pull(self):
        """All load steps; iterations of Newton's method."""
        step, done, total = 1 / self.block.steps, 0.0, 0
        while done < 1 - 1e-9:
            before = self.x.x.array.copy()
            for value in self.moved:
                value.x.array[:] = self.block.pull * min(1.0, done + step)
            found, iterations = self.settle()
            total += iterations
            if found:
                done += step
                continue
            self.x.x.array[:] = before
            step /= 2
            if step < 0.5**HALVINGS / self.block.steps:
                raise SystemExit(f"stopped: no equilibrium at {done:.4g} of the pull ({SOLVER}, reason "
                                 f"{self.ksp.getConvergedReason()})")
        return total

    def force(self):
        self.assemble_residual()
        self.b.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        owned = self.pulled[self.pulled < self.b.local_size]
        return MPI.COMM_WORLD.allreduce(self.b.array[owned].sum())


SCENARIO, SOLVER = sys.argv[1:]
body = Body(problem.read(pathlib.Path(SCENARIO)), SOLVER)
newton = body.pull()
answer = {"force": body.force(), "unknowns": body.b.size, "iterations": newton}
if MPI.COMM_WORLD.rank == 0:
    print(json.dumps(answer))
