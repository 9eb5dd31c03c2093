"""Reads a record: its pages, its answers as they stand, and its revisions as they were submitted."""

from casework.cases.unmasked import Altered as Altered
from casework.cases.unmasked import Revision as Revision
from casework.cases.unmasked import answers_of as answers_of
from casework.cases.unmasked import answers_on as answers_on
from casework.cases.unmasked import decision_on as decision_on
from casework.cases.unmasked import document_of as document_of
from casework.cases.unmasked import effective_answers as effective_answers
from casework.cases.unmasked import form as form
from casework.cases.unmasked import joined as joined
from casework.cases.unmasked import pages_of as pages_of
from casework.cases.unmasked import revision as revision
