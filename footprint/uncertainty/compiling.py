"""From amounts and their parameters to the program that evaluates them: only what is uncertain is computed anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from footprint.library.expressions import names_in
from footprint.model import Amount, Spread
from footprint.uncertainty.amounts import Computed, Given, Program
from footprint.uncertainty.variables import Scoped, Use, Variable, sigma


def compile_program(
    uses: Sequence[Use],
    scopes: Mapping[str, Sequence[Scoped]],
    places: Mapping[tuple[str, str], int],
    given: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> Program:
    """The program of some amounts. `places` are those of a registry that has every stream of `uses` and `scopes`.

    `given` names the parameters, by (scope, name), whose values come from outside.
    """
    compiler = _Compiler(scopes, places, given)
    log_rows, sigmas, log_germ, others, computed = [], [], [], [], []
    for row, use in enumerate(uses):
        own = compiler.variable(use.amount, use.spread, use.stream, use.name)
        if how := compiler.computed(use.amount, own, use.scope):
            computed.append((row, how))
        elif own is None:
            continue
        elif own.spread.kind == "lognormal" and own.value:
            log_rows.append(row)
            log_germ.append(own.place)
            sigmas.append(sigma(own.spread))
        else:
            others.append((row, own))
    return Program(
        np.array([use.amount.value for use in uses], float),
        np.array(log_rows, np.int64),
        np.array(log_germ, np.int64),
        np.array(sigmas, float),
        tuple(others),
        tuple(compiler.steps),
        {scope: {p.parameter.name: p.parameter.amount.value for p in scopes[scope]} for scope in compiler.used},
        tuple(computed),
    )


class _Compiler:
    """Which parameters are uncertain, worked out as expressions ask for them."""

    def __init__(
        self,
        scopes: Mapping[str, Sequence[Scoped]],
        places: Mapping[tuple[str, str], int],
        given: Mapping[tuple[str, str], str],
    ) -> None:
        self.scopes = {scope: {p.parameter.name: p for p in found} for scope, found in scopes.items()}
        self.places, self.given = places, given
        self.steps: list[tuple[str, str, Computed | Variable | Given]] = []
        self.used: set[str] = set()
        self._moved: dict[tuple[str, str], bool] = {}
        self._follows: dict[tuple[str, str], bool] = {}

    def variable(self, amount: Amount, spread: Spread | None, stream: str, name: str) -> Variable | None:
        """The variable of an amount's own spread."""
        return Variable(self.places[stream, name], amount.value, spread) if spread else None

    def moves(self, expression: str | None, scope: str) -> bool:
        """Whether an expression over a scope is uncertain; if so the steps that make it so are there."""
        names = [name for name in sorted(names_in(expression or "")) if name in self.scopes.get(scope, {})]
        moved = [self._visit(scope, name) for name in names]
        if any(moved):
            self.used.add(scope)
        return any(moved)

    def computed(self, amount: Amount, own: Variable | None, scope: str) -> Computed | None:
        """How an amount is computed: from uncertain parameters where it has no spread of its own; from given ones also
        where it has a lognormal spread, which then is around the value they give.
        """
        expression = amount.expression or ""
        if own is None:
            return Computed(expression, scope, amount.scale) if self.moves(expression, scope) else None
        if own.spread.kind == "lognormal" and own.value and self.follows(expression, scope):
            self.moves(expression, scope)
            return Computed(expression, scope, amount.scale, own)
        return None

    def follows(self, expression: str, scope: str) -> bool:
        """Whether an expression needs a given parameter, directly or through others."""
        return any(self._needs(scope, name) for name in names_in(expression) if name in self.scopes.get(scope, {}))

    def _needs(self, scope: str, name: str) -> bool:
        key = scope, name
        if key not in self._follows:
            scoped = self.scopes[scope][name]
            self._follows[key] = key in self.given or self.follows(
                scoped.parameter.amount.expression or "", scoped.within
            )
        return self._follows[key]

    def _visit(self, scope: str, name: str) -> bool:
        key = scope, name
        if key not in self._moved:
            scoped = self.scopes[scope][name]
            amount = scoped.parameter.amount
            own = self.variable(amount, amount.spread, scoped.stream, name)
            how: Computed | Variable | Given | None = Given(self.given[key]) if key in self.given else None
            how = how or self.computed(amount, own, scoped.within) or own
            if how is not None:
                self.used.add(scope)
                self.steps.append((scope, name, how))
            self._moved[key] = how is not None
        return self._moved[key]
