"""Figures of the network and of one’s own service, as programs ask for them."""
