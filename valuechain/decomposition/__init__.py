"""The parts of a cluster by management, territory or technology, and how far two of these grounds agree."""
