"""What is wrong with a route, or missing from it: findings, one rule family per module."""
