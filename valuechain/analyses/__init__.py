"""One file per question. Every module here is imported by `valuechain.questions()`."""
