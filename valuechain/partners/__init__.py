"""Who could supply a need or take it: candidates, how much they could, how far away they are."""
