"""The double itself: routes, idempotency, failures on request and what tests may control.

It knows no HTTP: the server gives it a parsed request and gets an answer, or `NoAnswer`, which
tells it to hang up as a broken network does.
"""

import hashlib
import json
import re
import threading
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stripe.params import (
    AccountCreateParams,
    AccountLinkCreateParams,
    AccountRetrieveParams,
    BalanceRetrieveParams,
    EventListParams,
    EventRetrieveParams,
    PayoutCreateParams,
    PayoutListParams,
    PayoutRetrieveParams,
    TransferCreateParams,
    TransferListParams,
    TransferRetrieveParams,
    TransferReversalCreateParams,
)

from tests.doubles.stripe.parameters import Form, InvalidParameter, checked, decode
from tests.doubles.stripe.webhooks import Deliveries
from tests.doubles.stripe.world import Refused, Thing, World, printed

LONGEST_KEY = 255


class NoAnswer(Exception):
    """The connection is to be closed without a word."""


@dataclass(frozen=True)
class Question:
    """One request, as far as the double cares."""

    method: str
    path: str
    body: str
    key: str = ""
    account: str = ""
    authorised: bool = True
    base: str = ""


@dataclass(frozen=True)
class Answer:
    """Status, JSON body and whether it is a repetition of what an earlier key was told."""

    status: int
    body: Thing
    replayed: bool = False


@dataclass
class Failure:
    """One order to fail: which operation, how, and how many times more."""

    on: str
    how: typing.Literal["timeout_after_effect", "timeout", "429", "500", "declined"]
    times: int = 1


Handler = Callable[["StripeDouble", Question, Form, str], Thing]


@dataclass(frozen=True)
class Route:
    """An operation of the SDK with the type that its parameters must fit."""

    method: str
    path: re.Pattern[str]
    operation: str
    shape: type
    handle: Handler


def error(kind: str, message: str, code: str = "", param: str = "") -> Thing:
    """Return an error as Stripe prints it."""
    body = {"type": kind, "message": message, "code": code, "param": param}
    return {"error": {name: value for name, value in body.items() if value}}


@dataclass
class StripeDouble:
    """A stand-in for Stripe that remembers; ``pay_after_seconds`` is how long a bank takes."""

    webhook_url: str = ""
    webhook_secret: str = "whsec_double"
    pay_after_seconds: float = 0
    file: Path | None = None
    failures: list[Failure] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.calls: list[str] = []
        self.deliveries = Deliveries(self.webhook_url, self.webhook_secret, self._delivered)
        self.copies = 1
        self.world = World(self._tell, self.file)
        for event in self.world.things["events"].values():
            if event["pending_webhooks"]:
                self.deliveries.deliver(event)
        for payout in self.world.things["payouts"].values():
            self.send_to_bank(payout)

    def answer(self, question: Question) -> Answer:
        """Carry out one request of the SDK."""
        with self.lock:
            route, thing_id = find_route(question)
            if not route:
                return Answer(404, error("invalid_request_error", "Unrecognized request URL"))
            if not question.authorised:
                return Answer(401, error("invalid_request_error", "Invalid API Key provided"))
            self.calls.append(route.operation)
            failure = self._failure(route.operation)
            if failure == "timeout":
                raise NoAnswer
            if failure == "429":
                return Answer(
                    429, error("invalid_request_error", "Too many requests", "rate_limit")
                )
            if failure == "500":
                return Answer(500, error("api_error", "An unknown error occurred"))
            answer = self._once(route, question, thing_id, declined=failure == "declined")
            self.world.save()
            if failure == "timeout_after_effect":
                raise NoAnswer
            return answer

    def control(self, orders: Thing) -> Thing:
        """Follow a test's orders; see the README beside this file for what they may be."""
        with self.lock:
            for order in orders.get("fail", []):
                self.failures.append(Failure(**order))
            self.world.payouts_end = orders.get("payouts", self.world.payouts_end)
            self.world.onboarding = orders.get("onboarding", self.world.onboarding)
            self.copies = orders.get("deliveries", self.copies)
            for account_id in orders.get("onboard", []):
                self.world.onboard(account_id)
            for account_id, requirement in orders.get("restrict", {}).items():
                self.world.restrict(account_id, requirement)
            for payout_id, end in orders.get("settle", {}).items():
                self.world.settle(payout_id, end)
            for event_id, times in orders.get("deliver", {}).items():
                for _ in range(times):
                    self.deliveries.deliver(self.world.find("events", event_id))
            self.world.save()
            return self.state()

    def state(self) -> Thing:
        """Return everything a test may want to look at."""
        with self.lock:
            return {
                "calls": list(self.calls),
                "delivered": list(self.deliveries.delivered),
                "refused": list(self.deliveries.refused),
                **{
                    kind: [printed(thing) for thing in things.values()]
                    for kind, things in self.world.things.items()
                    if kind not in {"links", "answers"}
                },
            }

    def onboarding_page(self, link_id: str) -> Thing:
        """Return the account behind a link; raises `Refused` if the link is spent."""
        with self.lock:
            link = self.world.find("links", link_id)
            if link["_spent"]:
                raise Refused("This link was already used", "link_spent", status=410)
            return self.world.find("accounts", link["_account"])

    def submit_onboarding(self, link_id: str) -> str:
        """Finish onboarding and return where the recipient goes next."""
        with self.lock:
            self.onboarding_page(link_id)
            link = self.world.find("links", link_id)
            link["_spent"] = True
            self.world.onboard(link["_account"])
            self.world.save()
            return str(link["_return"])

    def send_to_bank(self, payout: Thing) -> None:
        """Let a payout end, later, as the double was told that payouts end."""
        end = {"pay": "paid", "fail_later": "failed"}.get(self.world.payouts_end)
        if end and payout["status"] == "in_transit":
            self.deliveries.later(lambda: self._settle(payout["id"], end), self.pay_after_seconds)

    def close(self) -> None:
        """Stop delivering."""
        self.deliveries.close()

    def _settle(self, payout_id: str, end: str) -> None:
        with self.lock:
            self.world.settle(payout_id, end)
            self.world.save()

    def _tell(self, event: Thing) -> None:
        for _ in range(self.copies):
            self.deliveries.deliver(event)

    def _delivered(self, event_id: str) -> None:
        with self.lock:
            self.world.find("events", event_id)["pending_webhooks"] = 0
            self.world.save()

    def _failure(self, operation: str) -> str:
        for failure in self.failures:
            if failure.on == operation and failure.times > 0:
                failure.times -= 1
                return failure.how
        return ""

    def _once(self, route: Route, question: Question, thing_id: str, *, declined: bool) -> Answer:
        """Answer a key once; parameters that do not fit are not remembered under it."""
        if len(question.key) > LONGEST_KEY:
            return Answer(400, error("idempotency_error", "The key is longer than 255 characters"))
        name = f"{question.account}/{question.key}"
        asked = hashlib.sha256(f"{question.path}?{question.body}".encode()).hexdigest()
        known = self.world.things["answers"].get(name) if question.key else None
        if known:
            if known["asked"] != asked:
                message = "Keys for idempotent requests can only be used with the same parameters"
                return Answer(400, error("idempotency_error", message))
            return Answer(known["status"], known["body"], replayed=True)
        try:
            form = checked(decode(question.body), route.shape)
        except InvalidParameter as wrong:
            kind = "invalid_request_error"
            return Answer(400, error(kind, wrong.message, wrong.code, wrong.param))
        answer = self._carried_out(route, question, form, thing_id, declined=declined)
        if question.key:
            self.world.things["answers"][name] = {
                "asked": asked,
                "status": answer.status,
                "body": json.loads(json.dumps(answer.body)),
            }
        return answer

    def _carried_out(
        self, route: Route, question: Question, form: Form, thing_id: str, *, declined: bool
    ) -> Answer:
        if declined:
            message = "The rail declined this request"
            return Answer(400, error("invalid_request_error", message, "declined_by_double"))
        try:
            if question.account:
                self.world.find("accounts", question.account)
            return Answer(200, printed(route.handle(self, question, form, thing_id)))
        except Refused as no:
            body = error("invalid_request_error", no.message, no.code, no.param)
            return Answer(no.status, body)


def pay_out(double: StripeDouble, question: Question, form: Form, _: str) -> Thing:
    """Create a payout and send it to the bank."""
    payout = double.world.create_payout(form, question.account)
    double.send_to_bank(payout)
    return payout


def listing(kind: str, matches: Callable[[Question, Form, Thing], bool]) -> Handler:
    """Return a handler that lists what matches, newest first."""

    def handle(double: StripeDouble, question: Question, form: Form, _: str) -> Thing:
        things = double.world.things[kind].values()
        found = [printed(one) for one in things if matches(question, form, one)][::-1]
        limit = form.get("limit", 10)
        return {"object": "list", "data": found[:limit], "has_more": len(found) > limit}

    return handle


def route(method: str, path: str, operation: str, shape: Any, handle: Handler) -> Route:
    """Return a route; ``ID`` in the path is the id that the handler gets."""
    pattern = re.compile("/v1/" + path.replace("ID", r"(?P<id>\w+)"))
    return Route(method, pattern, operation, shape, handle)


ROUTES = (
    route(
        "POST",
        "accounts",
        "accounts.create",
        AccountCreateParams,
        lambda d, _q, form, _i: d.world.create_account(form),
    ),
    route(
        "GET",
        "accounts/ID",
        "accounts.retrieve",
        AccountRetrieveParams,
        lambda d, _q, _f, thing_id: d.world.find("accounts", thing_id),
    ),
    route(
        "POST",
        "account_links",
        "account_links.create",
        AccountLinkCreateParams,
        lambda d, q, form, _i: d.world.create_link(form, q.base),
    ),
    route(
        "POST",
        "transfers",
        "transfers.create",
        TransferCreateParams,
        lambda d, _q, form, _i: d.world.create_transfer(form),
    ),
    route(
        "GET",
        "transfers",
        "transfers.list",
        TransferListParams,
        listing(
            "transfers",
            lambda _q, form, one: (
                one["transfer_group"] == form.get("transfer_group", one["transfer_group"])
            ),
        ),
    ),
    route(
        "GET",
        "transfers/ID",
        "transfers.retrieve",
        TransferRetrieveParams,
        lambda d, _q, _f, thing_id: d.world.find("transfers", thing_id),
    ),
    route(
        "POST",
        "transfers/ID/reversals",
        "transfers.reversals.create",
        TransferReversalCreateParams,
        lambda d, _q, form, thing_id: d.world.reverse_transfer(thing_id, form),
    ),
    route("POST", "payouts", "payouts.create", PayoutCreateParams, pay_out),
    route(
        "GET",
        "payouts",
        "payouts.list",
        PayoutListParams,
        listing("payouts", lambda q, _f, one: one["_account"] == q.account),
    ),
    route(
        "GET",
        "payouts/ID",
        "payouts.retrieve",
        PayoutRetrieveParams,
        lambda d, q, _f, thing_id: d.world.find("payouts", thing_id, q.account),
    ),
    route(
        "GET",
        "balance",
        "balance.retrieve",
        BalanceRetrieveParams,
        lambda d, q, _f, _i: d.world.balance(q.account),
    ),
    route(
        "GET",
        "events",
        "events.list",
        EventListParams,
        listing("events", lambda _q, form, one: one["type"] == form.get("type", one["type"])),
    ),
    route(
        "GET",
        "events/ID",
        "events.retrieve",
        EventRetrieveParams,
        lambda d, _q, _f, thing_id: d.world.find("events", thing_id),
    ),
)


def find_route(question: Question) -> tuple[Route | None, str]:
    """Return the route of a request and the id in its path."""
    for candidate in ROUTES:
        match = candidate.path.fullmatch(question.path)
        if match and candidate.method == question.method:
            return candidate, match.groupdict().get("id", "")
    return None, ""
