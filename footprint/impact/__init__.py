"""Inventory to impact: regionalised characterisation, contributions that add up, hotspots."""
