from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.site import COLLECTIVE, FINANCE, FIRM, PHONE, PUBLISHER, Look, Visit, pages_of

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text()
GRAVE = ("serious", "critical")
RUN = "() => axe.run(document, {resultTypes: ['violations']})"


def violations(page: Page, address: str) -> list[str]:
    """Return what axe finds grave on a page: the page, the rule and where."""
    page.goto(address)
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(RUN)
    return [
        f"{address} {broken['id']}: {', '.join(str(node['target'][0]) for node in broken['nodes'])}"
        for broken in found["violations"]
        if broken["impact"] in GRAVE
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("email", [PUBLISHER, COLLECTIVE, FIRM, FINANCE])
def test_no_page_has_a_serious_violation(visit: Visit, email: str, scheme: str) -> None:
    page = visit(email, Look(scheme=scheme, is_examined=True))

    found = [fault for address in pages_of(page) for fault in violations(page, address)]

    assert found == []


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/password/reset/"])
def test_nobody_is_kept_out_before_the_door(visit: Visit, address: str) -> None:
    assert violations(visit(look=Look(is_examined=True)), address) == []


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("email", [PUBLISHER, FIRM, FINANCE])
def test_no_page_scrolls_sideways_on_a_phone(visit: Visit, email: str, language: str) -> None:
    page = visit(email, Look(language=language, width=PHONE))

    wide = []
    for address in pages_of(page):
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth") > PHONE:
            wide.append(address)

    assert wide == []
