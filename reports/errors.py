"""What is wrong with responses that come from outside."""

from questionnaires.errors import FindingsError


class ResponsesError(FindingsError):
    """A file of responses that cannot be used, with everything that is wrong in it."""
