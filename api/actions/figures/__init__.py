"""What coordinators and heads of service read of figures, and what keeps figures up to date."""
