"""Tables that partners fill in themselves: read with suspicion, compared with the directory, written in the same format."""
