"""The double behind HTTP: the SDK's requests, the onboarding page, control and state."""

import html
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.doubles.stripe.double import Answer, NoAnswer, Question, StripeDouble
from tests.doubles.stripe.world import Refused

KEY = re.compile(r"Bearer (sk|rk)_test_\w+")
LARGEST_BODY = 1_000_000

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Payout details</title>
<meta name="viewport" content="width=device-width">
<style>body {{ font: 1rem/1.5 sans-serif; max-width: 32rem; margin: 4rem auto; padding: 0 1rem }}
label, input, button {{ display: block; font: inherit; width: 100%; margin: .25rem 0 1rem }}
</style>
<h1>Payout details</h1>
<p>A stand-in for Stripe's own pages; nothing typed here is kept. Account {account}.</p>
<form method="post">
<label>Name on the bank account <input name="holder" value="{party}" required></label>
<label>Bank account <input name="bank" value="000123456789" required></label>
<button>Agree and submit</button>
</form></html>
"""


class Server(ThreadingHTTPServer):
    """A threading server with the double it serves."""

    daemon_threads = True

    def __init__(self, port: int, double: StripeDouble) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.double = double

    @property
    def url(self) -> str:
        """Return the address to give to the SDK as its base."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """One request; HTTP/1.0, so that no connection outlives it."""

    server: Server

    def do_GET(self) -> None:
        """Answer a read."""
        self._respond("")

    def do_POST(self) -> None:
        """Answer a write."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self._json(413, {"error": {"message": "The body is too large"}})
            return
        self._respond(self.rfile.read(length).decode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - inherited name
        """Stay silent: `/_state` tells what was called."""

    def _respond(self, body: str) -> None:
        url = urlsplit(self.path)
        if url.path.startswith("/onboard/"):
            self._onboard(url.path.removeprefix("/onboard/"))
        elif url.path == "/_control" and self.command == "POST":
            self._json(200, self.server.double.control(json.loads(body or "{}")))
        elif url.path == "/_state":
            self._json(200, self.server.double.state())
        else:
            self._api(url.path, body or url.query)

    def _api(self, path: str, body: str) -> None:
        question = Question(
            method=self.command,
            path=path,
            body=body,
            key=self.headers.get("Idempotency-Key", "") if self.command == "POST" else "",
            account=self.headers.get("Stripe-Account", ""),
            authorised=bool(KEY.fullmatch(self.headers.get("Authorization", ""))),
            base=self.server.url,
        )
        try:
            answer = self.server.double.answer(question)
        except NoAnswer:
            self.close_connection = True
            return
        self._json(answer.status, answer.body, self._headers(question, answer))

    def _headers(self, question: Question, answer: Answer) -> dict[str, str]:
        headers = {"Stripe-Version": self.headers.get("Stripe-Version", "")}
        if question.key:
            headers["Idempotency-Key"] = question.key
        if answer.replayed:
            headers["Idempotent-Replayed"] = "true"
        return headers

    def _onboard(self, link_id: str) -> None:
        double = self.server.double
        try:
            if self.command == "POST":
                self.send_response(HTTPStatus.SEE_OTHER)
                self.send_header("Location", double.submit_onboarding(link_id))
                self.end_headers()
                return
            account = double.onboarding_page(link_id)
        except Refused as no:
            self._send(no.status, "text/plain; charset=utf-8", no.message)
            return
        party = html.escape(str(account["metadata"].get("party", "")))
        page = PAGE.format(account=html.escape(account["id"]), party=party)
        self._send(200, "text/html; charset=utf-8", page)

    def _json(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        self._send(status, "application/json", json.dumps(body), headers)

    def _send(
        self, status: int, kind: str, text: str, headers: dict[str, str] | None = None
    ) -> None:
        payload = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)


@contextmanager
def running(double: StripeDouble, port: int = 0) -> Iterator[Server]:
    """Serve a double from a thread on a free port and stop it afterwards."""
    server = Server(port, double)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        double.close()
