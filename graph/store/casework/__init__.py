"""The memory of files: one log each, sealed; what is read of it without opening it; the keys, which are kept elsewhere."""
