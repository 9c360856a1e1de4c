"""The administrative map of France: communes, EPCI, départements, regions, each with a point and what contains it."""
