"""The world into the graph: get, transform, load, clean up."""
