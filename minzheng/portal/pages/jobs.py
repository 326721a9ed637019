"""One's own long jobs: how they stand, cancelling one, and fetching what came of it."""

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from minzheng.core.access import guarded, may
from minzheng.core.access.actor import ActRefusal, MissingRefusal
from minzheng.core.access.scope import current
from minzheng.core.audit.actions import log_access
from minzheng.core.jobs import actions, reads
from minzheng.core.page import GONE, answer
from minzheng.core.sheets import files
from minzheng.core.sheets.listing import step_of

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@guarded("jobs.view")
def jobs(request: HttpRequest) -> HttpResponse:
    """One's last jobs; while one is open the list asks again by itself."""
    return jobs_page(request)


@guarded("jobs.view")
def job(request: HttpRequest, key: int) -> HttpResponse:
    """One job."""
    found = reads.job(key)
    if found is None:
        raise Http404(GONE)
    context = {"job": found, "working": found.open}
    return answer(request, "portal/job.html", context, here="jobs", part=True)


@require_POST
@guarded("jobs.view")
def cancel(request: HttpRequest, key: int) -> HttpResponse:
    """Cancel one."""
    try:
        actions.cancel(key, current())
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        return jobs_page(request, f"{refusal}", refusal.status)
    return HttpResponseRedirect(reverse("job", args=[key]))


@guarded("jobs.view")
def fetch(request: HttpRequest, key: int) -> HttpResponse:
    """The file that came of a job: for its asker, while it is kept and the list may still be seen."""
    found = reads.job(key)
    if found is None or found.state != "done" or not found.result:
        raise Http404(GONE)
    if not may(current(), step_of(found.arguments)):
        raise Http404(GONE)
    content = files.read(found.result)
    if content is None:
        raise Http404(GONE)
    log_access("sheets.download", f"jobs_job/{key}", found.purpose)
    response = HttpResponse(content, content_type=TYPES[found.name.rpartition(".")[2]])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    response["Cache-Control"] = "no-store"
    return response


def jobs_page(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    """The list, with what was refused."""
    found = reads.mine()
    context = {"jobs": found, "working": any(each.open for each in found), "refusal": refusal}
    return answer(request, "portal/jobs.html", context, here="jobs", status=status, part=True)
