"""The pages: each module answers some addresses, with its templates beside it."""
