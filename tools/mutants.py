#!/usr/bin/python3
"""Puts seeded faults into laws and elements, one at a time, and shows that a test fails for each.

Usage: tools/mutants.py [WORD]     only those whose file or fault holds WORD

Works on a copy of the tree in a scratch folder. Of each mutant only the tests below that bear on its file are built and
run, quickest first, up to the first that fails. The exit status is 1 if one survives, or cannot be made.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
UNIT = {
    "material": ("volumetric", "fibrils", "elementary", "laws", "standard_laws", "dispersion", "memory", "path",
                 "hex8"),
    "interface": ("glide", "gap", "tool"),
    "element": ("hex8", "solids", "tet4", "shells", "facet", "mesh"),
}
VERIFY = ("closed_forms", "manufactured", "vessels", "bent_shells", "pinched", "loads")
FLOW = ("interface/reynolds.c", "solve/films.c")  # judged by test_films alone

# File below src/, text there, what it becomes, what is wrong with that.
MUTANTS = (
    ("material/volumetric.c", "0.25 * kappa * (j * j", "0.5 * kappa * (j * j", "factor of the convex energy"),
    ("material/volumetric.c", "kappa * (1.0 - STF_READ(log_J))", "kappa * (1.0 + STF_READ(log_J))",
     "sign in U'' of the logarithmic law"),
    ("material/volumetric.c", "STF_READ(dU) * STF_READ(cof[r])", "STF_READ(dU) * STF_READ(cof[3 * (r % 3) + r / 3])",
     "cofactor transposed in the stress of a volume"),
    ("material/neo_hookean.c", "((const parameters *)from)->shear_modulus",
     "2.0 * ((const parameters *)from)->shear_modulus", "mu doubled throughout"),
    ("material/neo_hookean.c", "I1 / 3.0 * G[r]", "I1 / 2.0 * G[r]", "factor of the deviator"),
    ("material/neo_hookean.c", "swap * G[3 * (r / 3) + c % 3] * G[3 * (c / 3) + r % 3]", "swap * G[r] * G[c]",
     "indices of G_iK G_kI"),
    ("material/neo_hookean_drained.c", "2.0 * mu * nu / (1.0 - 2.0 * nu)", "2.0 * mu * nu / (1.0 + 2.0 * nu)",
     "lambda of Poisson's ratio"),
    ("material/neo_hookean_drained.c", "(k->mu - pressure)", "(k->mu + pressure)",
     "sign of the pressure in the tangent"),
    ("material/mooney_rivlin.c", ".c10 = p->c10, .c01 = p->c01", ".c10 = p->c01, .c01 = p->c10",
     "coefficients swapped"),
    ("material/mooney_rivlin.c", "2.0 * bF[r] * STF_READ(F[c])", "bF[r] * STF_READ(F[c])",
     "factor in the tangent of I2"),
    ("material/ogden.c", "u[a] - 2.0 * STF_READ(m->B[a])", "u[a]",
     "turning missing in the stiffness along a direction"),
    ("material/ogden.c", "0.5 * k->alpha[p] * STF_READ(log_square)", "k->alpha[p] * STF_READ(log_square)",
     "power of the stretches"),
    ("material/ogden.c", "grown[l] / x[l] : half", "grown[l] / x[l] : 1.0",
     "slope where two principal stretches are equal"),
    ("material/isochoric.h", "root * STF_READ(Fb) + 3.0 * p", "root * STF_READ(Fb) + p", "factor of p/3 G (x) G"),
    ("material/isochoric.h", "- p * STF_READ(G[r])", "- p * STF_READ(F[r])", "F for G in the deviator"),
    ("material/along.h", "(fraction * STF_READ(pull->K) - STF_READ(T))", "fraction * STF_READ(pull->K)",
     "turning missing in the tangent"),
    ("material/along.h", "fraction * STF_READ(pull->N) / STF_READ(stretch)", "STF_READ(pull->N) / STF_READ(stretch)",
     "fraction missing in the stress"),
    ("material/exponential_fibre.c", "e[l] > 0.0 ? e[l] : 0.0", "e[l]", "fibres that push"),
    ("material/exponential.h", "grown + (1.0 + grown) * (STF_READ(x) - STF_READ(at))", "grown",
     "an energy that is level where the exponential ends"),
    ("material/holzapfel_gasser_ogden.c", "m.excess[l] > 0.0 ? m.excess[l] : 0.0", "m.excess[l]",
     "dispersed fibres that push"),
    ("material/mean_square.h", "const double along = 1.0 - 3.0", "const double along = 1.0 - 2.0",
     "share along the direction"),
    ("material/mean_square.h", "(2.0 / 3.0) * STF_READ(m->G[r])", "(1.0 / 3.0) * STF_READ(m->G[r])",
     "factor of q G (x) G in the tangent"),
    ("material/transversely_isotropic.c", "straight = k->c5 * stretch[l] + k->c6", "straight = k->c5 * stretch[l]",
     "offset of straight fibres"),
    ("material/transversely_isotropic.c", "k->c5 / k->c4 * exp(-exponent)", "k->c5 * exp(-exponent)",
     "scale of the toe where it is not given"),
    ("material/fung.c", "p->b_t - 2.0 * p->b_fs", "p->b_t - p->b_fs", "shear along the direction counted once"),
    ("material/fung.c", "STF_READ(F[swap_r]) * swap_F[swap_c]", "STF_READ(F[r]) * swap_F[c]",
     "indices of F_iJ F_jI"),
    ("interface/areolar.c", "0.5 * more * o * o / w;", "more * o * o / w;", "how closing stiffens"),
    ("interface/areolar.c", "(1.0 - x) * fading", "fading", "suction that never lets go, in the tangent"),
    ("interface/areolar.c", "hypot(p->thickness, p->free_slip)", "p->free_slip", "septa shorter than they are"),
    ("interface/areolar.c", "(slope / a->length - T / size)", "slope / a->length", "turning of septa in the tangent"),
    ("interface/areolar.c", "0.0078 * pow(x, 4.18)", "0.0078 * pow(x, 3.18)", "power of entangled hyaluronan"),
    ("interface/areolar.c", "(eta + bend) * per * slip[i] * thinner / H", "eta * per * slip[i] * thinner / H",
     "thinning left out where the film opens"),
    ("interface/areolar.c", "a->viscosity / p->thinning_stress", "a->solvent / p->thinning_stress",
     "a time of thinning that does not scale with the viscosity"),
    ("interface/areolar.c", "slip = M0 * (gap[0] * gap[0] + gap[1] * gap[1])",
     "slip = gap[0] * gap[0] + gap[1] * gap[1]", "number of bonds missing in their elongation"),
    ("interface/tool.c", "if (low == 1 && high == 1) return 2.0;", "if (low == 1 && high == 1) return 1.0;",
     "second slope at the centre of a tool"),
    ("interface/tool.c", "- normal * at->H[i][j]", "+ normal * at->H[i][j]", "sign of the curvature under friction"),
    ("interface/areolar.c", "M0 * gap[i] - M1[i]", "M0 * gap[i]", "bonds that forget where they were born"),
    ("interface/areolar.c", "slope * now.dS[j] * now.p[i]", "slope * now.dS[i] * now.p[j]",
     "transposed tangent of bonds that break"),
    ("interface/areolar.c", "i <= SECOND_OPENING; i++) memory", "i < SECOND_SLIP; i++) memory",
     "moments that do not fade"),
    ("interface/areolar.c", "(1.0 - left) * 0.5 * (before.W + now.W)", "(1.0 - left) * now.W",
     "energy lost by breaking"),
    ("interface/areolar.c", "broke * (passed > 0.0 ? -expm1(-passed) / passed : 1.0)", "broke",
     "blood of bonds that is not cleared in the step in which it leaks"),
    ("interface/areolar.c", "  memory[BLOOD] *= share;\n", "", "blood that grows with what is newly covered"),
    ("interface/areolar.c", "memory[SECOND_OPENING] += born * gap[OPENING] * gap[OPENING]",
     "memory[SECOND_OPENING] += born * gap[OPENING]", "bonds born open that are stretched at once"),
    ("interface/gap.c", "K[(b + j) * dofs + a + i] += 0.5", "K[(b + j) * dofs + a + i] -= 0.5",
     "sign of how a node's normal turns with its facets"),
    ("interface/gap.c", "E[k] * z[V + l] - E[l] * z[V + k]", "E[k] * z[V + l]",
     "half of the force on what turns the normal"),
    ("interface/pairing.c", "one->value / p->area[p->nodes - 1]", "one->value",
     "gaps that are not means over their area"),
    ("interface/pairing.c", "0.333333333333333333, 0.225}", "0.333333333333333333, 0.125}",
     "weight of a point on a triangle"),
    ("interface/matching.c", "p->weight[2 * g] = first ? -1.0 : 1.0", "p->weight[2 * g] = first ? 1.0 : -1.0",
     "gaps of matching nodes that open when they close"),
    ("interface/reynolds.c", "/ (12.0 * film->viscosity)", "/ (6.0 * film->viscosity)",
     "a film that flows twice as fast"),
    ("interface/reynolds.c", "carried = 3.0 * mobility * fall", "carried = mobility * fall",
     "slope of a flow by the thickness it comes from"),
    ("interface/reynolds.c", "u[forth ? c->from : c->to]", "u[forth ? c->to : c->from]",
     "fluid that comes from where it goes"),
    ("interface/reynolds.c", "across >= 0.0 ? 0 : 1", "across >= 0.0 ? 1 : 0",
     "facets cut between their larger angles"),
    ("solve/films.c", "better = 2.0 * twice - once", "better = twice", "the first order of the error left in"),
    ("solve/films.c", "r[c->to] -= q.rate", "r[c->to] += q.rate", "fluid that is lost on its way"),
    ("solve/films.c", "* end / f->dt", "* 0.0", "a load that stays as it was"),
    ("material/fibrils.c", "f->bleeding * (passed > 0.0 ? -expm1(-passed) / passed : 1.0)", "f->bleeding",
     "blood of fibrils that is not cleared in the step in which it leaks"),
    ("material/fibrils.c", "STF_VEC(lost) = STF_READ(lost) / all;\n  if (f->bleeding", "if (f->bleeding",
     "blood that goes by the modulus, not by the share that breaks"),
    ("material/material.c", "sum[l] += weight * one[l]", "sum[l] += one[l]",
     "directions of a family that each count as all of it"),
    ("material/fibrils.c", "normal_mass(z, z + step) / all", "normal_mass(z, z + step)",
     "masses that do not add up to 1"),
    ("material/fibrils.c", "(1.0 / temperature - 1.0 / f->temperature)", "(1.0 / f->temperature - 1.0 / temperature)",
     "fibrils that break more slowly in the warm"),
    ("material/fibrils.c", "t[l] = at > to ? to : at", "t[l] = at", "bins that never fill"),
    ("material/dispersion.c", "(s == t ? 1.0 : 2.0)", "1.0", "shears of directions counted once"),
    ("material/dispersion.c", "{4, 9, 13, 10, 7, 12}", "{4, 9, 13, 10, 8, 12}",
     "one of the fifteen products misplaced"),
    ("material/elementary.h", "1.0 / 5040", "1.0 / 5041", "a coefficient of the exponential"),
    ("material/elementary.h", "2.0 / 11", "2.0 / 12", "a coefficient of the logarithm"),
    ("material/material.c", "f < material->families; f++) {\n    const stf_family *family = &material->family[f];\n"
     "    if (family->dispersion)", "f + 1 < material->families; f++) {\n"
     "    const stf_family *family = &material->family[f];\n    if (family->dispersion)",
     "the last fibre family forgotten"),
    ("element/solid.h", "STF_READ(ddU) / STF_READ(V)", "STF_READ(ddU)", "volume missing in g g^T"),
    ("element/solid.h", "if (dU) stf_add_cofactor_gradient(at->A, p->F, dU);", "",
     "stiffness of the mean pressure missing"),
    ("element/solid.h", "p->F[3 * column[n] + I][l]", "p->F[3 * I + column[n]][l]",
     "F transposed in the Cauchy stress"),
    ("element/solid.h", "p->J[l] < out->J_min[l]", "p->J[l] > out->J_min[l]", "the largest J taken for the smallest"),
    ("element/hex8.c", "GAUSS = 0.57735026918962576451", "GAUSS = 0.77459666924148337704", "points of three for two"),
    ("element/hex8.c", "(n != m) value *= 1.0 + CORNER[a][n] * (GAUSS * CORNER[q][n])",
     "(n != m) value *= 1.0 + CORNER[a][n] * (GAUSS * CORNER[q][m])", "index of a point's place"),
    ("element/hex8_shell.c", "share[2][0] = 0.5 * (1.0 - xi[1])", "share[2][0] = 0.5 * (1.0 - xi[0])",
     "a tied shear spread along the wrong direction"),
    ("element/hex8_shell.c", "{3, {0, 0, 1}}", "{3, {1, 0, 0}}", "thickness strain that is even through the thickness"),
    ("element/shell.c", "STF_VEC(turn[at]) += second * STF_READ(stress)",
     "STF_VEC(turn[at]) += 0.5 * second * STF_READ(stress)", "half of the stiffness of turning"),
    ("element/wedge6_shell.c", ".weight = ", ".weight = 2.0 * ", "weight of a point"),
    ("element/wedge6.c", "0.5 * side * corner(q, a % 3)", "0.5 * corner(q, a % 3)",
     "slope along the height of both ends alike"),
    ("element/wedge6.c", "q % 3 == a ? 2.0 / 3.0 : 1.0 / 6.0", "q % 3 == a ? 1.0 / 6.0 : 2.0 / 3.0",
     "points whose shares do not add up to 1"),
    ("element/tet10.c", "{0, 3}, {1, 3}, {2, 3}", "{1, 3}, {0, 3}, {2, 3}", "middles of two edges swapped"),
    ("element/tet10.c", "0.58541019662496845446", "0.38541019662496845446", "place of a point of four"),
    ("element/solid.h", "rest = in->material->bulk_modulus - soft.bulk_modulus;", "rest = in->material->bulk_modulus;",
     "bulk modulus of the points counted at the mean too"),
    ("element/tet4.c", "want, out);\n  if (want == STF_WANT_ENERGY)", "want, out);\n  if (want == STF_WANT_STRESS)",
     "energy of the patches' pressure missing"),
    ("element/patch.c", "0.25 * at.dU, dofs, K", "at.dU, dofs, K", "curvature of a patch's volume four times"),
    ("element/facet.c", "p->slope[b][1] * cross_entry(tangent[0], i, j) -",
     "p->slope[b][1] * cross_entry(tangent[0], i, j) +", "sign in the stiffness of a pressure"),
    ("element/facet.c", "p[q].weight = 1.0 / 6.0", "p[q].weight = 1.0 / 2.0", "weight of six-node facets"),
    ("element/shape.c", "QUAD(0, 3, 2, 1)", "QUAD(0, 1, 2, 3)", "a side that looks inwards"),
)
FAILED = re.compile(r"not ok \d+ - (\w+)|\[  FAILED  \] (\w+)")


def copy_tree(to):
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def build(folder, tests):
    """None, or what the compiler says."""
    targets = [f"tests/{kind}/test_{name}" for kind, name in tests]
    done = subprocess.run(["ninja", "-C", folder, *targets], capture_output=True, text=True, check=False)
    return done.stdout[-3000:] if done.returncode else None


def failing_case(folder, kind, name):
    """None if the program passes, else the first of its cases that does not."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CMOCKA_MESSAGE_OUTPUT": "TAP", "OMPI_MCA_pml": "ob1",
                   "OMPI_MCA_btl": "self,vader", "HWLOC_COMPONENTS": "-gl,-opencl"}
    try:
        done = subprocess.run([folder / f"tests/{kind}/test_{name}"], capture_output=True, text=True, timeout=300,
                              check=False, env=environment, cwd=folder)
    except subprocess.TimeoutExpired:
        return "did not end"
    found = FAILED.search(done.stdout)
    if done.returncode == 0:
        return None
    return next(filter(None, found.groups())) if found else f"exit status {done.returncode}"


def tests_of(file):
    if file in FLOW:
        return [("verify", "films")]
    return [("unit", name) for name in UNIT[file.split("/")[0]]] + [("verify", name) for name in VERIFY]


def judge(folder, file):
    """(what happened, the test that caught the mutant now in place or what went wrong)."""
    for test in tests_of(file):
        fault = build(folder, [test])
        if fault:
            return "error", fault
        case = failing_case(folder, *test)
        if case:
            return "caught", f"test_{test[1]}: {case}"
    return "survives", ""


def try_mutant(tree, folder, mutant):
    file, old, new, _ = mutant
    path = tree / "src" / file
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        return "error", f"the text stands {text.count(old)} times in the file: {old}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    try:
        return judge(folder, file)
    finally:
        path.write_text(text, encoding="utf-8")


def prepare(scratch):
    """(tree, build folder) of a copy whose tests pass."""
    tree, folder = scratch / "striffin", scratch / "build"
    copy_tree(tree)
    subprocess.run(["meson", "setup", folder, tree, "-Dwerror=false"], stdout=subprocess.DEVNULL, check=True)
    tests = sorted({test for file in (*(f"{part}/" for part in UNIT), *FLOW) for test in tests_of(file)})
    fault = build(folder, tests)
    if fault:
        sys.exit("the tree does not build:\n" + fault)
    for test in tests:
        case = failing_case(folder, *test)
        if case:
            sys.exit(f"test_{test[1]} fails without any mutant: {case}")
    return tree, folder


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [mutant for mutant in MUTANTS if word in mutant[0] or word in mutant[3]]
    count = {"caught": 0, "survives": 0, "error": 0}
    with tempfile.TemporaryDirectory(prefix="striffin-mutants-") as scratch:
        tree, folder = prepare(pathlib.Path(scratch))
        for mutant in chosen:
            what, why = try_mutant(tree, folder, mutant)
            count[what] += 1
            print(f"{what:8} {mutant[0]}: {mutant[3]}{'; ' + why if why else ''}", flush=True)
    print(f"{len(chosen)} mutants: {count['caught']} caught, {count['survives']} survive, {count['error']} errors")
    return 0 if chosen and count["caught"] == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
