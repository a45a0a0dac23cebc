"""Expressions over parameters: a grammar of eight lines and nothing else (never `eval`).

sum     := product (("+" | "-") product)*
product := signed (("*" | "/") signed)*
signed  := "-" signed | power
power   := atom ["^" signed]
atom    := number | name | function "(" sum ("," sum)* ")" | "(" sum ")"
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, reduce
from typing import Any

from footprint.errors import InputError, nearest

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(\S))")
Functions = Mapping[str, Callable[..., Any]]
Evaluator = Callable[[Mapping[str, Any], Functions], Any]
_FUNCTIONS: Functions = {"min": min, "max": max, "sqrt": math.sqrt, "exp": math.exp, "log": math.log}
#: how many arguments each takes at the most
_MOST = {"min": 64, "max": 64, "sqrt": 1, "exp": 1, "log": 1}
RESERVED = frozenset(_FUNCTIONS)
MAX_LENGTH = 1000
MAX_DEPTH = 50


def names_in(expression: str) -> frozenset[str]:
    """The parameter names an expression uses."""
    return frozenset(name for _, name, _ in _tokens(expression) if name) - RESERVED


def evaluate(expression: str, values: Mapping[str, float]) -> float:
    """The value of `expression`; InputError where it does not parse, uses an unknown name, or is not finite."""
    try:
        value = compiled(expression)(values, _FUNCTIONS)
    except KeyError as error:
        raise _refused(expression, f"'{error.args[0]}' is not a parameter{nearest(error.args[0], values)}") from None
    except OverflowError:
        raise InputError(f"expression '{_clipped(expression)}' has no value: it is too large") from None
    except (ZeroDivisionError, ValueError) as error:
        raise InputError(f"expression '{_clipped(expression)}' has no value: {error}") from None
    if isinstance(value, complex) or not math.isfinite(value):
        raise InputError(f"expression '{_clipped(expression)}' has no finite value")
    return float(value)


@lru_cache(maxsize=4096)
def compiled(expression: str) -> Evaluator:
    """The expression as a function of the parameters' values and of the functions it may call.

    With numbers and this module's functions it gives a number; with arrays and their counterparts (`numpy.minimum`
    and the like, two arguments at a time) an array. Raises InputError where it does not parse.
    """
    if len(expression) > MAX_LENGTH:
        raise InputError(f"expression of {len(expression)} characters; at most {MAX_LENGTH} are allowed")
    return _Parser(expression).parse()


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[tuple[str | Any, ...], ...]:
    """(number, name, symbol) of each token, one of them filled."""
    return tuple(found.groups() for found in _TOKEN.finditer(text))


def _clipped(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"


def _refused(expression: str, what: str) -> InputError:
    return InputError(
        f"expression '{_clipped(expression)}': {what}; allowed: numbers, parameters, + - * / ^ ( ) min max sqrt exp log"
    )


class _Parser:
    """Recursive descent over the tokens of one expression; each rule returns a function of values and functions."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.position = 0
        self.depth = 0

    def parse(self) -> Evaluator:
        value = self._sum()
        if self.position < len(self.tokens):
            raise self._error(f"'{self._peek()}' is not expected there")
        return value

    def _peek(self) -> str:
        return next(t for t in self.tokens[self.position] if t) if self.position < len(self.tokens) else ""

    def _take(self, *symbols: str) -> str:
        """The next token if it is one of these symbols."""
        if self.position < len(self.tokens) and (symbol := self.tokens[self.position][2]) in symbols and symbol:
            self.position += 1
            return symbol
        return ""

    def _error(self, what: str) -> InputError:
        return _refused(self.text, what)

    def _sum(self) -> Evaluator:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._error(f"nested deeper than {MAX_DEPTH}")
        first, others = self._product(), []
        while symbol := self._take("+", "-"):
            others.append((operator.add if symbol == "+" else operator.sub, self._product()))
        self.depth -= 1
        return _chained(first, others)

    def _product(self) -> Evaluator:
        first, others = self._signed(), []
        while symbol := self._take("*", "/"):
            others.append((operator.mul if symbol == "*" else operator.truediv, self._signed()))
        return _chained(first, others)

    def _signed(self) -> Evaluator:
        negative = False
        while self._take("-"):
            negative = not negative
        value = self._power()
        return (lambda values, functions: -value(values, functions)) if negative else value

    def _power(self) -> Evaluator:
        base = self._atom()
        if not self._take("^"):
            return base
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._error(f"nested deeper than {MAX_DEPTH}")
        value = _chained(base, [(operator.pow, self._signed())])
        self.depth -= 1
        return value

    def _atom(self) -> Evaluator:
        if self._take("("):
            value = self._sum()
            self._close()
            return value
        if self.position >= len(self.tokens):
            raise self._error("it ends too early")
        number, name, _ = self.tokens[self.position]
        if number:
            self.position += 1
            constant = float(number)
            return lambda values, functions: constant
        if name:
            self.position += 1
            return self._call(name) if self._take("(") else (lambda values, functions: values[name])
        raise self._error(f"'{self._peek()}' is not expected there")

    def _close(self) -> None:
        if not self._take(")"):
            raise self._error("a closing parenthesis is missing")

    def _call(self, name: str) -> Evaluator:
        if name not in _FUNCTIONS:
            raise self._error(f"'{name}' is not a function{nearest(name, _FUNCTIONS)}")
        arguments = [self._sum()]
        while self._take(","):
            arguments.append(self._sum())
        self._close()
        most = _MOST[name]
        if len(arguments) > most:
            raise self._error(f"{name} takes 1 value, {len(arguments)} given")
        first, *others = arguments
        if most == 1:
            return lambda values, functions: functions[name](first(values, functions))
        return lambda values, functions: reduce(
            functions[name], (other(values, functions) for other in others), first(values, functions)
        )


def _chained(first: Evaluator, others: Sequence[tuple[Callable[[Any, Any], Any], Evaluator]]) -> Evaluator:
    """`first` with operations applied from left to right, without nesting."""
    if not others:
        return first

    def value(values: Mapping[str, Any], functions: Functions) -> Any:
        found = first(values, functions)
        for operation, other in others:
            found = operation(found, other(values, functions))
        return found

    return value
