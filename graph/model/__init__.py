"""What is true in the field: plain Python, of itself, of the standard library, and of numpy to weigh many listings at once."""
