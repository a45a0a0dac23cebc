"""From a study to a declaration that can be replayed: data needs, quality, dossier, recalculation, conformity."""
