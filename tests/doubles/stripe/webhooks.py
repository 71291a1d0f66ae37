"""Sign events as Stripe does and deliver them from one thread, in order, a few times if need be."""

import hashlib
import hmac
import json
import queue
import threading
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

TRIES = 40
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5
ANSWER_SECONDS = 10

Work = Callable[[], None]


def signature(payload: bytes, secret: str, at: int) -> str:
    """Return the header that proves who sent these bytes, and when."""
    proof = hmac.new(secret.encode(), f"{at}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={at},v1={proof}"


class Deliveries:
    """A thread that does what is due: later moves of the world, and events to the endpoint."""

    def __init__(self, url: str, secret: str, done: Callable[[str], None]) -> None:
        self.done = done
        self.url = url
        self.secret = secret
        self.delivered: list[str] = []
        self.refused: list[str] = []
        self._work: queue.PriorityQueue[tuple[float, int, Work | None]] = queue.PriorityQueue()
        self._count = 0
        self._count_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="stripe-webhooks", daemon=True)
        self._thread.start()

    def later(self, work: Work | None, seconds: float = 0) -> None:
        """Do something after a pause; what is due at the same instant keeps its order."""
        with self._count_lock:
            self._count += 1
            self._work.put((time.monotonic() + seconds, self._count, work))

    def deliver(self, event: dict[str, Any], tried: int = 0) -> None:
        """Send one event, and again after a growing pause if it is not answered with a 2xx."""
        if not self.url:
            return
        pause = min(FIRST_PAUSE_SECONDS * 2**tried, LONGEST_PAUSE_SECONDS) if tried else 0
        self.later(lambda: self._send(event, tried), pause)

    def close(self) -> None:
        """Stop the thread once it is idle; what waits for a pause is dropped."""
        with self._count_lock:
            self._work.put((0, 0, None))
        self._thread.join(timeout=ANSWER_SECONDS)

    def _run(self) -> None:
        while True:
            due_at, count, work = self._work.get()
            if work is None:
                return
            pause = due_at - time.monotonic()
            if pause > 0:
                self._work.put((due_at, count, work))
                time.sleep(min(pause, 0.02))
                continue
            work()

    def _send(self, event: dict[str, Any], tried: int) -> None:
        payload = json.dumps(event).encode()
        request = Request(  # noqa: S310 - the address is the one this process was started with
            self.url,
            data=payload,
            headers={
                "Content-Type": "application/json",
                "Stripe-Signature": signature(payload, self.secret, int(time.time())),
            },
        )
        try:
            with urlopen(request, timeout=ANSWER_SECONDS):  # noqa: S310 - the same address
                self.delivered.append(event["id"])
        except (HTTPException, URLError, OSError):
            self.refused.append(event["id"])
            if tried + 1 < TRIES:
                self.deliver(event, tried + 1)
        else:
            self.done(event["id"])
