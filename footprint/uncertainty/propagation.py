"""First-order propagation of variance: instant, exact for linear dependence, and a check on sampling.

With s = A⁻¹ f, g = b s and the shadow prices λ = A⁻ᵀ bᵀ, the derivatives are ∂g/∂a_ij = -λ_i s_j and ∂g/∂b_j = s_j
(Heijungs & Suh 2002, chapter 6; Groen et al. 2014, doi 10.1016/j.envsoft.2014.10.006), and for independent entries
Var(g) = Σ (∂g/∂x)² Var(x).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Propagated:
    """Variance of one impact, and the part of it that each technosphere and intervention entry makes."""

    variance: float
    technosphere: Array
    interventions: Array


def propagate(
    inverse: Array, interventions: Array, demand: Array, technosphere_variance: Array, interventions_variance: Array
) -> Propagated:
    """Var(g) of g = b A⁻¹ f for independent entries.

    `inverse` is A⁻¹ (n x n), `interventions` b (n), `demand` f (n); the variances have the shapes of A and b.
    """
    s = inverse @ demand
    shadow = interventions @ inverse
    technosphere = np.outer(shadow, s) ** 2 * technosphere_variance
    direct = s**2 * interventions_variance
    return Propagated(float(technosphere.sum() + direct.sum()), technosphere, direct)
