"""Sending events to whoever asked for them, without holding anybody up."""

import queue
import sys
import threading
import urllib.error
import urllib.request

MOST_WAITING = 10_000
PATIENCE_S = 2.0


class Post:
    """One thread that POSTs, each event once; what it cannot deliver is dropped.

    EventBridge promises no more for these events either.
    """

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[str, str] | None] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._complained: set[str] = set()
        # No proxy of the environment: the URL is on this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def send(self, url: str, text: str) -> None:
        """Send a JSON text soon. Never waits."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ec2sim-events")
                self._thread.daemon = True
                self._thread.start()
        try:
            self._waiting.put_nowait((url, text))
        except queue.Full:
            self._complain(url, "does not keep up; events are dropped")

    def close(self) -> None:
        """End the thread; what waits is dropped."""
        if self._thread is None:
            return
        while True:
            try:
                self._waiting.put_nowait(None)
                break
            except queue.Full:
                self._drop_one()
        self._thread.join(timeout=PATIENCE_S + 1)

    def _drop_one(self) -> None:
        try:
            self._waiting.get_nowait()
        except queue.Empty:
            return

    def _run(self) -> None:
        while True:
            order = self._waiting.get()
            if order is None:
                return
            self._deliver(*order)

    def _deliver(self, url: str, text: str) -> None:
        request = urllib.request.Request(  # noqa: S310 - Config takes http only
            url, data=text.encode(), headers={"Content-Type": "application/json"}
        )
        try:
            with self._opener.open(request, timeout=PATIENCE_S) as reply:
                reply.read()
        except (OSError, ValueError) as error:
            self._complain(url, f"does not take events: {error}")

    def _complain(self, url: str, said: str) -> None:
        if url not in self._complained:
            self._complained.add(url)
            sys.stderr.write(f"ec2sim: {url} {said}\n")
