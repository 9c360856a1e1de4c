"""Pictures of figures, made here as SVG: pure functions from what is counted to a drawing, and to the table that says the same."""
