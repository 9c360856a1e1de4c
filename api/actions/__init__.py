"""One intention, one function: load, decide, save."""
