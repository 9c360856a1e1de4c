"""The directory of the administration, as published in 2019, cut to a few départements."""
