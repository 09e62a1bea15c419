"""A block between clamps, cut ever finer: its force comes down to a limit as fast as the clamps' corners allow."""

import math

import solved

CUBE = """striffin: 1
name: cube
tissues: {{all: rubber}}
anatomy: {{generator: strip, length: 10 mm, width: 10 mm, layers: [{{name: all, tissue: all, thickness: 10 mm}}]}}
mesh: {{element: {element}, size: {size} mm}}
solve: {{steps: 1, tolerance: 1e-11}}
timeline:
  - {{at: 0 s, do: grip, where: x_min}}
  - {{for: 1 s, do: pull, where: x_max, by: 0.01 mm}}
measure:
  - {{name: force, what: grip_force, where: x_max}}
"""
POISSON = 0.4
SIZES = (5, 2.5, 1.25, 0.625)


def corner_exponent(poisson):
    """
    Displacements near the edge where a clamped side meets a free one at a right angle go with r^a, 0 < a < 1 (Williams
    1952, plane strain): sin^2(a pi/2) = (k + 1)^2/(4 k) - a^2/k, k = 3 - 4 nu.
    """
    k = 3 - 4 * poisson
    low, high = 0.1, 0.999
    for _ in range(60):
        a = (low + high) / 2
        if math.sin(a * math.pi / 2)**2 < (k + 1)**2 / (4 * k) - a * a / k:
            low = a
        else:
            high = a
    return low


class Convergence(solved.Solved):
    """For a small pull energy is force times pull over two, and its error goes with h^(2a), between those of corners
    alone and of smooth fields, h^2."""

    def forces(self, element):
        self.write("rubber.yaml", solved.RUBBER.read_text())
        return [self.solve(CUBE.format(element=element, size=size)).measured["force"] for size in SIZES]

    def test_the_exponent_is_the_known_one(self):
        self.assertAlmostEqual(corner_exponent(0.0), 1.0, delta=2e-3)  # nothing contracts, so nothing is hindered
        self.assertAlmostEqual(corner_exponent(0.3), 0.711, delta=5e-4)
        self.assertAlmostEqual(corner_exponent(0.5), 0.595, delta=5e-4)

    def test_energy_comes_down_as_theory_says(self):
        """Displacement elements find the least energy among the shapes they can take, and every finer mesh has more."""
        force = self.forces("hex8-std")
        self.assertEqual(force, sorted(force, reverse=True))
        slowest = 2 * corner_exponent(POISSON)
        for a, b, c in (force[:3], force[1:]):
            order = math.log2((a - b) / (b - c))
            self.tabulate(f"order of the energy, between {slowest:.2f} and 2", order, (slowest + 2) / 2,
                          abs(order - (slowest + 2) / 2), (2 - slowest) / 2)
            self.assertGreater(order, slowest)
            self.assertLess(order, 2)

    def test_both_elements_go_to_the_same_limit(self):
        """Each limit lies between those that the fastest and the slowest possible order would give."""
        limits = []
        for element in ("hex8", "hex8-std"):
            *_, coarse, fine = self.forces(element)
            orders = 2, 2 * corner_exponent(POISSON)
            limits.append(sorted(fine - (coarse - fine) / (2**order - 1) for order in orders))
        (low, high), (other_low, other_high) = limits
        self.assertLess(max(low, other_low), min(high, other_high))
        self.assertLess(max(high, other_high) / min(low, other_low), 1.01)


if __name__ == "__main__":
    solved.tap.main()
