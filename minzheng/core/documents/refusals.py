"""What cannot be kept or shown, each with the sentence that says what to do."""

from minzheng.core.access.actor import ActRefusal

MISSING = "没有查到这份材料，请核对。"


class DocumentRefusal(ActRefusal):
    """What was sent cannot be kept as a document."""

    status = 422


class FileRefusal(ActRefusal):
    """The file of a document is not there, or is not what was kept."""

    status = 410
