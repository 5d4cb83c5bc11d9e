"""The ways in: command line, HTTP and pages. Wiring only; what is said comes from the registry."""
