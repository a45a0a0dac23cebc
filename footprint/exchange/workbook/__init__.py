"""A company's study as a workbook: one table of sheets and columns drives writing, reading, checking and the guide."""
