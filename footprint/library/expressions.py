"""Expressions over parameters: a grammar of eight lines and nothing else (never `eval`).

sum     := product (("+" | "-") product)*
product := signed (("*" | "/") signed)*
signed  := "-" signed | power
power   := atom ["^" signed]
atom    := number | name | function "(" sum ("," sum)* ")" | "(" sum ")"
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from footprint.errors import InputError, nearest

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(\S))")
_FUNCTIONS: dict[str, tuple[Callable[..., float], int, int]] = {
    "min": (min, 1, 64),
    "max": (max, 1, 64),
    "sqrt": (math.sqrt, 1, 1),
    "exp": (math.exp, 1, 1),
    "log": (math.log, 1, 1),
}
RESERVED = frozenset(_FUNCTIONS)
MAX_LENGTH = 1000
MAX_DEPTH = 50


def names_in(expression: str) -> frozenset[str]:
    """The parameter names an expression uses."""
    return frozenset(name for _, name, _ in _tokens(expression) if name) - RESERVED


def evaluate(expression: str, values: Mapping[str, float]) -> float:
    """The value of `expression`; InputError where it does not parse, uses an unknown name, or is not finite."""
    if len(expression) > MAX_LENGTH:
        raise InputError(f"expression of {len(expression)} characters; at most {MAX_LENGTH} are allowed")
    try:
        value = _Parser(expression, values).parse()
    except OverflowError:
        raise InputError(f"expression '{_clipped(expression)}' has no value: it is too large") from None
    except (ZeroDivisionError, ValueError) as error:
        raise InputError(f"expression '{_clipped(expression)}' has no value: {error}") from None
    if isinstance(value, complex) or not math.isfinite(value):
        raise InputError(f"expression '{_clipped(expression)}' has no finite value")
    return value


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[tuple[str | Any, ...], ...]:
    """(number, name, symbol) of each token, one of them filled."""
    return tuple(found.groups() for found in _TOKEN.finditer(text))


def _clipped(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str, values: Mapping[str, float]) -> None:
        self.text = text
        self.values = values
        self.tokens = _tokens(text)
        self.position = 0
        self.depth = 0

    def parse(self) -> float:
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
        return InputError(
            f"expression '{_clipped(self.text)}': {what}; allowed: numbers, parameters, + - * / ^ ( ) min max "
            "sqrt exp log"
        )

    def _sum(self) -> float:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._error(f"nested deeper than {MAX_DEPTH}")
        value = self._product()
        while symbol := self._take("+", "-"):
            term = self._product()
            value = value + term if symbol == "+" else value - term
        self.depth -= 1
        return value

    def _product(self) -> float:
        value = self._signed()
        while symbol := self._take("*", "/"):
            factor = self._signed()
            value = value * factor if symbol == "*" else value / factor
        return value

    def _signed(self) -> float:
        sign = 1.0
        while self._take("-"):
            sign = -sign
        return sign * self._power()

    def _power(self) -> float:
        base = self._atom()
        if not self._take("^"):
            return base
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._error(f"nested deeper than {MAX_DEPTH}")
        value: float = base ** self._signed()
        self.depth -= 1
        return value

    def _atom(self) -> float:
        if self._take("("):
            value = self._sum()
            self._close()
            return value
        if self.position >= len(self.tokens):
            raise self._error("it ends too early")
        number, name, _ = self.tokens[self.position]
        if number:
            self.position += 1
            return float(number)
        if name:
            self.position += 1
            return self._call(name) if self._take("(") else self._name(name)
        raise self._error(f"'{self._peek()}' is not expected there")

    def _close(self) -> None:
        if not self._take(")"):
            raise self._error("a closing parenthesis is missing")

    def _name(self, name: str) -> float:
        if name not in self.values:
            raise self._error(f"'{name}' is not a parameter{nearest(name, self.values)}")
        return self.values[name]

    def _call(self, name: str) -> float:
        if name not in _FUNCTIONS:
            raise self._error(f"'{name}' is not a function{nearest(name, _FUNCTIONS)}")
        arguments = [self._sum()]
        while self._take(","):
            arguments.append(self._sum())
        self._close()
        function, fewest, most = _FUNCTIONS[name]
        if not fewest <= len(arguments) <= most:
            raise self._error(f"{name} takes {fewest} value, {len(arguments)} given")
        return float(function(*arguments))
