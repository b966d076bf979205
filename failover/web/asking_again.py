"""The way to the page where a person shows once more who they are, and back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode


def href(back: str) -> str:
    """The page's address; afterwards it leads to `back`."""
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}"


def go(request: HttpRequest, back: str | None = None) -> HttpResponse:
    """Send the browser there; htmx is told to go with the whole page."""
    there = href(back or request.get_full_path())
    if not getattr(request, "htmx", None):
        return redirect(there)
    response = HttpResponse()
    response["HX-Redirect"] = there
    return response
