"""What one can ask a study's evidence and its coding: words in turns, and passages by a readable query."""
