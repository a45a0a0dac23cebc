"""The page of a critical raw material."""
