"""What a request may look like before anybody reads what it says."""

from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.request import MediaType
from django.utils.http import parse_header_parameters

from failover.services.refusals import Refusal

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})
# Under the 8,190 bytes at which the web server itself hangs up.
MOST_ADDRESS = 8000


class NotAcceptable(Refusal):
    """The asker takes none of the forms that there are."""

    code = "not_acceptable"
    status = 406


class LengthRequired(Refusal):
    """A body of unknown length: reading none of it could mean the wrong thing."""

    code = "length_required"
    status = 411


class TooLarge(Refusal):
    """The body is longer than anything that we take."""

    code = "too_large"
    status = 413


class AddressTooLong(Refusal):
    """The path with its query is longer than any that means something."""

    code = "address_too_long"
    status = 414


class UnsupportedMediaType(Refusal):
    """The body is said to be something else than JSON in UTF-8."""

    code = "unsupported_media_type"
    status = 415


def require_address(request: HttpRequest) -> None:
    """Raises AddressTooLong."""
    if len(request.get_full_path()) > MOST_ADDRESS:
        raise AddressTooLong(most=MOST_ADDRESS)


def require_acceptable(request: HttpRequest, forms: Sequence[str]) -> None:
    """Raises NotAcceptable where the Accept header leaves out each of the forms."""
    wanted = str(request.META.get("HTTP_ACCEPT", "")).strip()
    if not wanted:
        return
    try:
        ranges = [MediaType(part) for part in wanted.split(",") if part.strip()]
    except ValueError:
        ranges = []
    # A problem is what any call may answer, so asking for problems alone is odd, but
    # not wrong.
    if not any(r.quality > 0 and r.match(f) for r in ranges for f in (*forms, PROBLEM)):
        raise NotAcceptable(forms=", ".join(forms))


def require_json(request: HttpRequest) -> None:
    """Raises LengthRequired, TooLarge, UnsupportedMediaType; reads no byte of it."""
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        raise LengthRequired
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    # What is no number counts as none, as Django has it.
    size = int(length) if length.isascii() and length.isdigit() else 0
    if size == 0:
        return
    most: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if size > most:
        raise TooLarge(most=most)
    if not _is_json(request):
        names = ("CONTENT_TYPE", "HTTP_CONTENT_ENCODING")
        sent = " ".join(str(request.META[n])[:80] for n in names if n in request.META)
        raise UnsupportedMediaType(sent=sent)


def _is_json(request: HttpRequest) -> bool:
    encoding = str(request.META.get("HTTP_CONTENT_ENCODING", "identity"))
    if encoding.strip().lower() not in ("", "identity"):
        return False
    said = str(request.META.get("CONTENT_TYPE", "")).strip()
    if not said:
        # A client that says nothing is taken at its body's word.
        return True
    try:
        kind, parameters = parse_header_parameters(said)
    except ValueError:
        return False
    family, _, suffix = kind.partition("+")
    is_json = kind == JSON or (family.startswith("application/") and suffix == "json")
    return is_json and parameters.get("charset", "utf-8").lower() in UTF_8
