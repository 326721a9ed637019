"""What comes in is text: the character NUL, which no database text holds and nobody typed, is left out."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, QueryDict

NUL = "\0"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class PlainMiddleware:
    """Takes NUL out of the query and of a form before anything reads them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.GET = plain(request.GET)
        if request.method == "POST" and request.content_type in _FORMS:
            request.POST = plain(request.POST)
        return self.get_response(request)


def plain(values: QueryDict) -> QueryDict:
    """The same values without NUL; the very same object where there is none."""
    if not any(NUL in text for name, texts in values.lists() for text in (name, *texts)):
        return values
    made = QueryDict(mutable=True)
    for name, texts in values.lists():
        made.setlist(name.replace(NUL, ""), [text.replace(NUL, "") for text in texts])
    made._mutable = False
    return made
