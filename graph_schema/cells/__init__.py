"""Reading one cell: text, numbers, units, and what each kind of column takes."""
