"""What is true in the field: plain Python that imports but itself, the standard library, and numpy to weigh many at once."""
