"""Code that can stand still in the middle of a call while the world goes on."""

from collections.abc import Callable

import greenlet


class Abandoned(BaseException):
    """The process was killed while it stood still."""


class Strand:
    """Runs steps one after another; a step may pause wherever it likes."""

    def __init__(self) -> None:
        self._running: greenlet.greenlet | None = None
        # What a step raised is raised where it was begun or gone on with.
        self._error: BaseException | None = None

    @property
    def is_standing(self) -> bool:
        return self._running is not None

    def begin(self, step: Callable[[], None]) -> None:
        """Run the step until it ends or stands still."""
        self._running = greenlet.greenlet(self._body)
        self._switch(step)

    def go_on(self) -> None:
        """Run the standing step until it ends or stands still again."""
        self._switch(None)

    def stand_still(self) -> None:
        """Called inside a step: give way until `go_on`."""
        if greenlet.getcurrent().parent.switch() is Abandoned:
            raise Abandoned

    def abandon(self) -> None:
        """The standing step is never gone on with."""
        if self._running is not None:
            self._switch(Abandoned)

    def _body(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Abandoned:
            return
        except BaseException as error:  # noqa: BLE001 - carried to the other side.
            self._error = error

    def _switch(self, message: object) -> None:
        running = self._running
        if running is None:
            return
        running.switch(message)
        if running.dead:
            self._running = None
        error, self._error = self._error, None
        if error is not None:
            raise error
