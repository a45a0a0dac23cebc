"""Every shipped route, sampled: the middle is the calculation, and no sample is without a solution."""

import numpy as np
import pytest
from scipy.optimize import brentq

import footprint as fp
from footprint.calculation import Settings
from footprint.library.routes import route_index
from footprint.sampling import SampledRoutes, sample
from footprint.uncertainty.variables import Variable, drawn

BASE = [ident for ident in route_index() if "@" not in ident]
#: whose median is the amount itself
AROUND = {"lognormal", "logit-normal", "normal"}


@pytest.mark.parametrize("ident", BASE)
def test_with_every_figure_at_its_middle_the_sample_is_the_calculation(ident):
    """Germ zero and a fixed background: every category as `calculate` has it, joint processes and loops included.

    Figures with a uniform, triangular or discrete spread have another median than their amount: they are left out of
    the comparison by moving them, where there are any, to the germ at which they are the amount.
    """
    system = SampledRoutes.of([ident], Settings(), "fixed")
    germ = np.zeros((len(system.compiled.labels), 1))
    for variable in system.compiled.systems[0].program.variables:
        if variable.spread.kind not in AROUND:
            germ[variable.place] = germ_of(variable)
    found = system.compiled.systems[0].workspace(1).impacts(germ)[:, 0]
    np.testing.assert_allclose(found, fp.calculate(ident).totals, rtol=1e-9, atol=1e-30)


def germ_of(variable) -> float:
    """The standard normal number at which a bounded spread gives the amount itself; any, where it is discrete."""

    def off(z: float) -> float:
        return float(drawn(Variable(0, variable.value, variable.spread), np.array([[z]]))[0] - variable.value)

    if variable.spread.kind == "discrete":
        return 0.0
    return brentq(off, -8, 8, xtol=1e-15) if off(-8) * off(8) < 0 else min((-8.0, 8.0), key=lambda z: abs(off(z)))


@pytest.mark.parametrize("ident", BASE)
def test_no_sample_is_without_a_solution(ident):
    """512 samples of foreground and background: finite, and most within a factor of ten of their median."""
    found = sample(ident, 512, 1)
    for code in ("CC", "AC", "RUF"):
        values = found[code]
        assert np.isfinite(values).all()
        assert np.median(np.abs(np.log10(np.abs(values / np.median(values))))) < 1, code
