"""A visitor's browser on the demonstration's world."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page

from licensing.demo import world
from licensing.parties.models import User

FINANCE = "finance@kyodaku.example"
PUBLISHER = "publisher@sakuraba.example"
COLLECTIVE = "rights@zensokyo.example"
FIRM = "data@tensor-loom.example"
OTHER_FIRM = "data@parallax.example"
PHONE, DESK = 390, 1440


@dataclass(frozen=True, slots=True)
class Look:
    """How a visitor sees the site."""

    language: str = "en"
    width: int = DESK
    scheme: str = "light"
    scripts: bool = True
    # axe styles the page while it looks, which our content security policy forbids.
    is_examined: bool = False


Visit = Callable[..., Page]


def session_of(email: str) -> str:
    """Return the session key of a person who is logged in, without going through the form."""
    user = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def log_in(page: Page, email: str) -> None:
    """Log in by the form, whatever language it is shown in."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(world.PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url("**/")


def pages_of(page: Page) -> list[str]:
    """Return the addresses of every page of the menu, and of the first of what each lists."""
    page.goto("/")
    menu = page.locator(".side .navigation a").evaluate_all("all => all.map(a => a.pathname)")
    found = [address for address in dict.fromkeys(menu) if not address.startswith("/accounts/")]
    for address in list(found):
        page.goto(address)
        links = page.locator("main tbody th a, main .card-list a, main .actions a")
        inside = links.evaluate_all("all => all.map(a => a.pathname)")
        first = [path for path in inside if path.startswith(address) and path.endswith("/")]
        found.extend(path for path in first[:2] if path not in found)
    return found
