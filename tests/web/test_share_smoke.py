"""From a link to a decision, through the recipient's own browser."""

from typing import TYPE_CHECKING

from tests.cast import Person, Visitor, body_of
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case


def test_rosa_comes_in_comments_and_approves(rosa: Visitor, shared_case: "Case", dr_ada: Person) -> None:
    page = rosa.browser.get(f"{rosa.base}/")
    assert page.status_code == 200 and b'id="manifest"' in page.content
    said = rosa.browser.post(f"{rosa.base}/threads", {"text": "The margin at 14 looks open."}, follow=True)
    assert said.status_code == 200 and b"The margin at 14 looks open." in said.content
    seen = page.context["seen"]
    decided = rosa.browser.post(f"{rosa.base}/decisions", {"verdict": "approved", "seen": seen}, follow=True)
    assert b"Approved by Rosa" in decided.content
    hers = signed_in(dr_ada).get(f"/cases/{shared_case.pk}")
    assert b"The margin at 14 looks open." in hers.content and b"Approved by Rosa" in hers.content
    archive = rosa.browser.get(f"{rosa.base}/files.zip")
    assert archive.status_code == 200 and body_of(archive)[:2] == b"PK"
