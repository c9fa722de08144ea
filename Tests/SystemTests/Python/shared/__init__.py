"""What `attack` and `chaos` have in common: connections, processes, orders, memory and tables."""
