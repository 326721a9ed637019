"""The root of every refusal that a person reads."""


class Refusal(Exception):
    """Bad input or an act that is not allowed.

    The message is one Chinese sentence (or a few) that says what is wrong, where, and what to do about it. It
    is printed as it stands by the command and shown as it stands by a page, so it holds no personal number.
    """
