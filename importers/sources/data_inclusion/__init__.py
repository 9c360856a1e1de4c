"""data·inclusion: structures and services of the offer of integration, in the schema of the State's platform."""
