"""Random numbers by name: the same variable gets the same draws in every system, chunk and worker.

All variables are functions of standard normal numbers, the germ. A stream belongs to whatever owns the variables (the
parameters of a file, a process) and to a seed, so that two systems that share a process see it in the same state, and
a system asked twice, in parts, or by several workers, sees the same numbers. Samples come in blocks of fixed size;
blocks in sheaves, which are what a worker takes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError, nearest

Array = NDArray[np.float64]
Sequence_ = Literal["plain", "latin-hypercube", "sobol"]
SEQUENCES: tuple[Sequence_, ...] = get_args(Sequence_)
#: samples drawn and solved at a time: fits the cache, and is long enough for array operations
BLOCK = 1024
#: blocks between two seedings of a stream
SHEAF = 64
#: a coordinate of a Sobol point lies at least this far from 0 and 1 (half a step of its 30 bits)
EDGE = 2.0**-31


@dataclass(frozen=True, slots=True)
class Stream:
    """`size` variables that belong to `key`."""

    key: str
    size: int


def blocks(
    streams: Sequence[Stream], sequence: Sequence_, seed: int, first: int, count: int
) -> Iterator[tuple[int, Array]]:
    """(block number, germ) of `count` sheaves from sheaf `first` on: variables x BLOCK standard normal numbers.

    The array is used again for the next block. The variables stand in the order of `streams`. plain: independent
    draws. latin-hypercube: in each block every variable falls once into each of BLOCK equally likely intervals
    (replicated Latin hypercube; McKay et al. 1979, doi 10.1080/00401706.1979.10489755). sobol: scrambled Sobol points
    (Owen 1998, doi 10.1145/272991.273010), dimensions in the order of the streams.
    """
    if sequence not in SEQUENCES:
        raise InputError(f"sequence '{sequence}'{nearest(sequence, SEQUENCES)}; allowed: {', '.join(SEQUENCES)}")
    if seed < 0:
        raise InputError(f"seed {seed}: a whole number from 0 on is needed")
    draw = {"plain": _plain, "latin-hypercube": _hypercube, "sobol": _sobol}[sequence]
    for sheaf in range(first, first + count):
        yield from enumerate(draw(streams, seed, sheaf), sheaf * SHEAF)


def _plain(streams: Sequence[Stream], seed: int, sheaf: int) -> Iterator[Array]:
    generators = _generators(streams, seed, sheaf)
    germ = np.empty((sum(stream.size for stream in streams), BLOCK))
    for _ in range(SHEAF):
        for generator, part in zip(generators, _parts(germ, streams), strict=True):
            generator.standard_normal(out=part)
        yield germ


def _hypercube(streams: Sequence[Stream], seed: int, sheaf: int) -> Iterator[Array]:
    from scipy.special import ndtri

    generators = _generators(streams, seed, sheaf)
    germ = np.empty((sum(stream.size for stream in streams), BLOCK))
    for _ in range(SHEAF):
        for generator, part in zip(generators, _parts(germ, streams), strict=True):
            strata = generator.permuted(np.tile(np.arange(BLOCK, dtype=float), (len(part), 1)), axis=1)
            part[:] = ndtri((strata + generator.random(part.shape)) / BLOCK)
        yield germ


def _sobol(streams: Sequence[Stream], seed: int, sheaf: int) -> Iterator[Array]:
    from scipy.special import ndtri
    from scipy.stats import qmc

    dimensions = sum(stream.size for stream in streams)
    if not dimensions:
        yield from (np.empty((0, BLOCK)) for _ in range(SHEAF))
        return
    points = qmc.Sobol(dimensions, scramble=True, seed=np.random.default_rng(seed))
    if sheaf:
        points.fast_forward(sheaf * SHEAF * BLOCK)
    for _ in range(SHEAF):
        yield np.ascontiguousarray(ndtri(np.clip(points.random(BLOCK), EDGE, 1 - EDGE)).T)


def _generators(streams: Sequence[Stream], seed: int, sheaf: int) -> list[np.random.Generator]:
    return [
        np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(*_words(stream.key), sheaf))))
        for stream in streams
    ]


def _words(key: str) -> tuple[int, ...]:
    """A key as four numbers of 32 bits: the beginning of its SHA-256."""
    digest = hashlib.sha256(key.encode()).digest()
    return tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))


def _parts(germ: Array, streams: Sequence[Stream]) -> Iterator[Array]:
    start = 0
    for stream in streams:
        yield germ[start : start + stream.size]
        start += stream.size
