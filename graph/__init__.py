"""The network: what is true in the field (model) and what is remembered of it (store)."""
