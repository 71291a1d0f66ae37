"""Where Stripe posts its events: verify, keep, answer. Acting on them is a task's business."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ledger.payouts import events, gateway


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Answer 200 to a signed event, new or known, and 400 to anything else, keeping nothing.

    Public: the signature over the exact bytes is the credential.
    """
    signature = request.headers.get("Stripe-Signature", "")
    try:
        event = gateway.verified_event(request.body, signature)
        is_new = events.keep(event)
    except gateway.BadSignature as error:
        return HttpResponseBadRequest(error.message, content_type="text/plain; charset=utf-8")
    except KeyError as error:
        return HttpResponseBadRequest(
            f"the event has no {error}", content_type="text/plain; charset=utf-8"
        )
    return HttpResponse("kept" if is_new else "known", content_type="text/plain; charset=utf-8")
