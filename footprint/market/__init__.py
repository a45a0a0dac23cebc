"""Performance classes: declarations, their distribution, thresholds, classes and the three-year review."""
