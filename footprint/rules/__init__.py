"""The law and the method's choices as data: dated parameters, the system boundary, the materials."""
