"""What is counted, read and kept: facts of a period, figures once published, flows between bodies."""
