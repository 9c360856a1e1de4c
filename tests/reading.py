"""The reader of words that tests share: the site's, one for each run."""

from __future__ import annotations

from api.reading import reader as shared

__all__ = ["shared"]
