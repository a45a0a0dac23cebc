"""Tables and pages from results: no arithmetic here."""
