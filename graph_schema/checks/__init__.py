"""Checking whole tables: header, cells, keys, references, amounts and sense, every problem at once."""
