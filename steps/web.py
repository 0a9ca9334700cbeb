"""Whether endpoints answer, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.checks.web import reach
from holdfast.checks.web.reach import Expected
from holdfast.columns import known
from holdfast.vocabulary import Rows, then

if TYPE_CHECKING:
    from holdfast.fixtures.endpoints import Endpoints
    from holdfast.judge import Judge


@then("these endpoints answer", columns=known("url", "status?", "media type?", "login page?", "within?"))
def endpoints_answer(judge: Judge, endpoints: Endpoints, rows: Rows) -> None:
    for row in rows:
        within = reach.patience(row["within"])
        asked = endpoints.get(row["url"], within=within)  # of two rows with one address the first is asked
        login = reach.may_be_login(row["login page"])
        judge(reach.answers, asked, Expected(reach.statuses(row["status"]), row["media type"], within, login))
