"""Pictures of performance classes: each stands on its own, with what it shows, of what, and its standing in law."""
