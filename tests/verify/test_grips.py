"""Grips: those that let their face contract leave the tissue evenly stressed; slip is force times compliance."""

import numpy

import solved

STRIP = """striffin: 1
name: strip
tissues: {{all: soft}}
anatomy: {{generator: strip, length: 12 mm, width: 4 mm, layers: [{{name: all, tissue: all, thickness: 2 mm{fibres}}}]}}
mesh: {{element: {element}, size: 1 mm}}
solve: {{steps: 4, tolerance: 1e-12}}
timeline:
  - {{at: 0 s, do: grip, where: x_min{x_min}}}
  - {{at: 0 s, do: grip, where: x_max{x_max}}}
  - {{for: 1 s, do: pull, where: x_max, by: {by!r} mm}}
measure:
  - {{name: force, what: grip_force, where: x_max}}
  - {{name: stretch, what: grip_stretch}}
  - {{name: strain, what: grip_strain}}
  - {{name: middle, what: optical_stretch, from: [3 mm, 0 mm, 0 mm], to: [9 mm, 0 mm, 0 mm]}}
  - {{name: middle_strain, what: optical_strain, from: [3 mm, 0 mm, 0 mm], to: [9 mm, 0 mm, 0 mm]}}
"""
AREA, LENGTH = 8.0, 12.0


class Grips(solved.Solved):
    def pull(self, by=3.0, x_min="", x_max="", element="hex8", fibres=""):
        text = STRIP.format(by=by, x_min=x_min, x_max=x_max, element=element, fibres=fibres)
        return self.solve(text)

    def test_free_grips_leave_the_tissue_evenly_stressed(self):
        for fibres in ("", solved.FIBRES):
            for element in ("hex8", "hex8-std"):
                with self.subTest(element=element, fibres=bool(fibres)):
                    self.tissue("soft", 0.4, 0.9, fibres=fibres)
                    along = ", fibres: [0 deg]" if fibres else ""
                    result = self.pull(1.5, ", hold: free", ", hold: free", element, along)
                    frame = result.frame(1)
                    expected = numpy.zeros((len(frame.cells), 3, 3))
                    expected[:, 0, 0] = result.measured["force"] / AREA
                    self.assertGreater(result.measured["force"], 0.5)
                    numpy.testing.assert_allclose(frame.nominal_stress(), expected, atol=1e-6 * expected.max())
                    gradient, _ = frame.gradients()
                    numpy.testing.assert_allclose(gradient, gradient[:1].repeat(len(gradient), 0), atol=2e-6)
                    self.assert_near(gradient[0, 0, 0], 1.125, 2e-6)
                    self.assertLess(gradient[0, 1, 1], 0.98)
                    self.assert_near(gradient[0, 1, 1], gradient[0, 2, 2], 2e-6)

    def test_rigid_grips_hold_more_than_free_ones(self):
        self.tissue("soft", 0.4, 0.9)
        free = self.pull(3.0, ", hold: free", ", hold: free").measured["force"]
        rigid = self.pull(3.0).measured["force"]
        self.assertGreater(rigid, 1.01 * free)

    def test_slip_of_free_grips_is_force_times_compliance(self):
        """Tissue in two slipping grips bears what it bears in stiff ones that move by so much less."""
        self.tissue("soft", 0.4, 0.9, fibres=solved.FIBRES)
        free, fibres = ", hold: free", ", fibres: [0 deg]"
        for first, second in ((0.0, 0.5), (0.2, 0.3)):
            with self.subTest(first=first, second=second):
                slipping = self.pull(2.0, f"{free}, compliance: {first} mm/N", f"{free}, compliance: {second} mm/N",
                                     fibres=fibres)
                force = slipping.measured["force"]
                slip = (first + second) * force
                self.assertGreater(slip, 0.3)
                stiff = self.pull(2.0 - slip, free, free, fibres=fibres)
                self.assert_near(stiff.measured["force"], force, 1e-9)
                self.assert_near(slipping.measured["stretch"], 1 + 2.0 / LENGTH, 1e-11)  # as the machine reads it
                self.assert_near(slipping.measured["strain"], 2.0 / LENGTH, 1e-11)
                self.assert_near(slipping.measured["middle"], 1 + (2.0 - slip) / LENGTH, 1e-9)  # as a camera sees it
                self.assert_near(slipping.measured["middle_strain"], (2.0 - slip) / LENGTH, 1e-8)
                self.assert_near(stiff.frame(1).gradients()[0][0, 0, 0], 1 + (2.0 - slip) / LENGTH, 2e-6)

    def test_mean_slip_of_a_clamp_is_force_times_compliance(self):
        """Where clamps stress the tissue unevenly, the face's mean over its area slips by so much."""
        self.tissue("soft", 0.4, 0.9)
        result = self.pull(3.0, x_max=", compliance: 0.4 mm/N")
        frame = result.frame(1)
        weight = numpy.ones(len(frame.points))
        for axis, edges in ((1, (-2, 2)), (2, (0, 2))):
            weight *= numpy.where(numpy.isin(frame.points[:, axis], edges), 0.5, 1)
        weight *= frame.points[:, 0] == LENGTH
        self.assertEqual(weight.sum(), AREA)
        moved = (weight @ frame.displacement) / weight.sum()
        self.assert_near(3.0 - moved[0], 0.4 * result.measured["force"], 1e-6)
        self.assertEqual(abs(frame.displacement[frame.points[:, 0] == LENGTH][:, 1:]).max(), 0)  # clamped across

    def test_the_last_of_the_slip_goes_with_the_compliance(self):
        self.tissue("soft", 0.4, 0.9)
        stiff = self.pull(3.0).measured["force"]
        slips = [stiff - self.pull(3.0, x_max=f", compliance: {c} mm/N").measured["force"] for c in (1e-3, 5e-4)]
        self.assertGreater(slips[1], 1e-4 * stiff)
        self.assertAlmostEqual(slips[0] / slips[1], 2.0, delta=0.02)


if __name__ == "__main__":
    solved.tap.main()
