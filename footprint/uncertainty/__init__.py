"""Distributions and their propagation."""
