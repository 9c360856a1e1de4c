"""Values in French words, as pages, mails, GraphQL and actions say them alike. It knows no door."""
