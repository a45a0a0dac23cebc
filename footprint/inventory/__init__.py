"""Route and background to one Brightway LCI graph, and its solution."""
