"""REFI-QDA, the exchange format of programs for qualitative analysis: codebook (.qdc) and project (.qdpx)."""
