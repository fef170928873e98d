"""The family of errors that a person may meet: a sentence, a place, a remedy."""


class SurveyError(Exception):
    """Something a person asked for cannot be done; nothing was changed.

    `code` is stable and can be looked up; `message` says what is the matter; `remedy` what to do.
    """

    def __init__(self, code: str, message: str, remedy: str = "", *, place: str = "") -> None:
        self.code = code
        self.message = message
        self.remedy = remedy
        self.place = place
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.message}{remedy}"


class NotFoundError(SurveyError):
    """The thing asked for does not exist."""


class WrongStateError(SurveyError):
    """The thing exists, but what was asked for is not possible in its present state."""


class BusyError(SurveyError):
    """Others are being served; the same will work in a while."""


class FaultError(SurveyError):
    """Something of ours failed, not what was asked for; the log names the place."""


class RefusedError(SurveyError):
    """A promise of the house would be broken; there is no way around it."""
