"""Reading the body of a request: by its length, or in chunks."""

from email.message import Message
from io import BufferedIOBase

MOST_BODY = 16_000_000
MOST_LINE = 8_192


class BadBody(Exception):
    """The body cannot be read; `code` and `status` are what the client gets."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def read_body(headers: Message, stream: BufferedIOBase) -> bytes:
    """All of the body. Raises BadBody when it is too large or makes no sense."""
    coding = (headers.get("Transfer-Encoding") or "").strip().lower()
    if coding and coding != "identity":
        if coding != "chunked":
            raise BadBody("NotImplemented", f"No such coding: {coding}", status=501)
        return _chunks(stream)
    length = (headers.get("Content-Length") or "0").strip()
    if not (length.isascii() and length.isdecimal()):
        raise BadBody("InvalidRequest", "Content-Length is not a number.")
    if len(length) > len(str(MOST_BODY)) or int(length) > MOST_BODY:
        raise _too_large()
    body = stream.read(int(length))
    # Half a call is no call: its sender broke off, and may have meant another.
    if len(body) < int(length):
        raise BadBody("InvalidRequest", "The body is shorter than it claims.")
    return body


def _chunks(stream: BufferedIOBase) -> bytes:
    parts: list[bytes] = []
    total = 0
    while True:
        size = _size(stream.readline(MOST_LINE))
        total += size
        if total > MOST_BODY:
            raise _too_large()
        if size == 0:
            break
        part = stream.read(size)
        if len(part) < size or stream.readline(MOST_LINE).strip():
            raise BadBody("InvalidRequest", "A chunk has not the length it claims.")
        parts.append(part)
    # What may follow the last chunk are headers that nobody here reads.
    while stream.readline(MOST_LINE).strip():
        pass
    return b"".join(parts)


def _size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not digits or len(digits) > 8 or digits.strip(b"0123456789abcdefABCDEF"):
        raise BadBody("InvalidRequest", "The length of a chunk is not a number.")
    return int(digits, 16)


def _too_large() -> BadBody:
    return BadBody(
        "RequestEntityTooLarge",
        f"The request is larger than {MOST_BODY} bytes.",
        status=413,
    )
