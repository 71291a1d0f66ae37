"""The works behind a statement: a page at a time, searched by title or identifier."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from licensing.access import ActorRequest, scoped
from licensing.parties.roles import Scope
from licensing.royalties import content, detail
from licensing.royalties.models import Statement
from licensing.royalties.views import crumbs, visible_statement
from licensing.royalties.works import MOST_MATCHES, Row, Works, matching

PER_PAGE = 50


@scoped(Scope.STATEMENTS_READ)
def works(request: ActorRequest, public_id: str) -> HttpResponse:
    """List the works behind a statement's lines, or behind one of them."""
    shown = visible_statement(request, public_id)
    asked = request.GET.get("line", "")
    query = request.GET.get("q", "").replace("\x00", "").strip()
    among = matching(query, shown.payee) if query else None
    page = _page(shown, asked, among, request.GET.get("page"))
    stated = content.stated(shown)["lines"]
    context = {
        "page_title": _("Works"),
        "breadcrumbs": [
            *crumbs(request, shown),
            {"label": shown.public_id, "url": reverse("statement", args=[shown.public_id])},
        ],
        "statement": shown,
        "page": page,
        "rows": [{"row": row, "line": stated[row.number - 1]} for row in page],
        "lines": [
            {**line, "number": number}
            for number, line in enumerate(stated, start=1)
            if line["kind"] == "share"
        ],
        "asked": asked,
        "query": query,
        "is_cut": among is not None and len(among) == MOST_MATCHES,
        "most_matches": MOST_MATCHES,
        "is_filtered": bool(query or asked),
    }
    return render(request, "royalties/works.html", context)


def _page(shown: Statement, asked: str, among: list[int] | None, number: Any) -> Page[Row]:
    numbered = list(enumerate(content.allocations_of(shown), start=1))
    if asked:
        numbered = [one for one in numbered if str(one[0]) == asked]
        if not numbered:
            raise Http404
    with detail.opened(one for _number, one in numbered) as opened:
        page = Paginator(Works(opened, numbered, among), PER_PAGE).get_page(number)
        # Read while the files are open; the template comes after.
        len(page)
    return page
