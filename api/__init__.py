"""The doors: command line, pages, GraphQL, and what stands behind them."""
