"""What coordinators count: facts, definitions, the lattice on which figures are published, and what is kept from sight."""
