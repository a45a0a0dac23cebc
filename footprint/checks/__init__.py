"""What a product system has to answer for: one rule family per file, each rule a pure function that yields findings."""
