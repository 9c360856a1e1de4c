"""Pages of coordinators: one question each, the sentence that answers it first."""
