"""Has openpyxl read XML with defusedxml, which refuses entities, also where lxml is there. Import it before openpyxl.

openpyxl decides once, at its own import, and prefers lxml; that one passes entities over without a word.
"""

import os

os.environ["OPENPYXL_LXML"] = "False"
