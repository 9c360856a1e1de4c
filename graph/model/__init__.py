"""What is true in the field: plain Python that imports nothing but itself and the standard library."""
