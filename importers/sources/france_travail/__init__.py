"""The directions of France Travail: one for the country, one a région, one for one or two départements."""
