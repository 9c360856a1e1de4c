"""Each figure that the README states, one command."""
