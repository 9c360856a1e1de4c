"""The stand-in for a search server, for faults of an index that machines share."""

from tests.search.conftest import stand_in, uid

__all__ = ["stand_in", "uid"]
