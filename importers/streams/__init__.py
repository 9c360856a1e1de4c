"""Files too large to hold, and not to be trusted: read record by record, each with the line on which it begins."""
