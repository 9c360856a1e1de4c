"""Invented years of a network: people who never lived, files whose logs are as the model makes them.

It stands beside the sources of listings: like them it brings what the graph is filled with, from the model and the store alone, and
both the demonstration (api) and the benchmarks ask for it.
"""
