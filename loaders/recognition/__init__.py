"""Recognition: which product of the catalogue a text means, and which enterprise of a register a name means.

A match says how sure it is:

- `certain`: may be used without asking a person. It follows from a rule, never from a score: the text consists
  of whole names of one product but for declared qualities (or its words and its HS code agree); the enterprise
  has the same words and no other legal form.
- `probable`: is used, and stands in the review table for a person to look at.
- `candidate`: is not used; what it may be is listed. Names that several things share, codes that several
  products share, words that make a product something else (scrap, repair of, equipment for).
- `none`: nothing is near.

A chemical formula is one word. Words of one or two letters, and parts of a code, never make a match alone unless
they are a whole name. Candidates stand by what speaks against them, the least first: a text that says too little,
then what makes it another thing, then a name that only says what the thing is made of or for.

Never done: a HS code alone never makes certain, for the tariff cannot tell stages apart; a typing error never
does; a number in a name of an enterprise is never ignored; nothing is remembered but what a person wrote into
the review table. All knowledge of products is in the catalogue, of which every name and alias counts alike;
here is knowledge of language only (`vocabulary`, `legal_forms`).
"""

from loaders.recognition.enterprises import EnterpriseIndex
from loaders.recognition.match import Candidate, Match, State
from loaders.recognition.products import ProductIndex
from loaders.recognition.review import Decision, Review

__all__ = ["Candidate", "Decision", "EnterpriseIndex", "Match", "ProductIndex", "Review", "State"]
