"""Run the double: ``python -m tests.doubles.stripe --port 12111 --webhook-url http://…``."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from tests.doubles.stripe.double import StripeDouble
from tests.doubles.stripe.server import Server


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description="A stateful stand-in for Stripe Connect.")
    parser.add_argument("--port", type=int, required=True)
    site, folder = os.environ.get("PUBLIC_URL"), os.environ.get("KYODAKU_LOCAL_DIR")
    parser.add_argument(
        "--webhook-url",
        default=f"{site}/webhooks/stripe/" if site else "",
        help="where events are posted; below PUBLIC_URL unless given",
    )
    parser.add_argument(
        "--webhook-secret",
        default=os.environ.get("STRIPE_WEBHOOK_SECRET", "whsec_double"),
        help="signs events; STRIPE_WEBHOOK_SECRET unless given",
    )
    parser.add_argument("--pay-after", type=float, default=0, help="seconds a bank takes")
    parser.add_argument(
        "--state",
        type=Path,
        default=Path(folder, "stripe.json") if folder else None,
        help="what it remembers between starts; in KYODAKU_LOCAL_DIR unless given",
    )
    parser.add_argument("--onboarding", choices=["form", "immediate"], default="immediate")
    options = parser.parse_args()
    double = StripeDouble(
        webhook_url=options.webhook_url,
        webhook_secret=options.webhook_secret,
        pay_after_seconds=options.pay_after,
        file=options.state,
    )
    double.control({"onboarding": options.onboarding})
    server = Server(options.port, double)
    signal.signal(signal.SIGTERM, stop)
    sys.stdout.write(f"Stripe's stand-in listens on {server.url}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        double.close()


def stop(_signal: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does, so that the last write is whole."""
    raise KeyboardInterrupt


main()
