"""ConnectWise does what it is told and the answer is lost: each customer has one company all the same."""

from functools import partial

import pytest

from tests.deployment import until
from tests.faults.system.crew import STALE_SECONDS, Crew

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

COMPANIES = "company/companies$"
COMPANY = "company/companies/[0-9]+$"


def test_lost_answers_to_creations_with_stale_lists_make_one_company_each(crew: Crew) -> None:
    crew.fault("stale_search", method="GET", path=COMPANIES, seconds=STALE_SECONDS)
    crew.fault("cut_after", method="POST", path=COMPANIES, every=3, times=5)
    crew.fault("truncated_json", method="POST", path=COMPANIES, every=4, times=4)
    crew.fault("cut_before", method="POST", path=COMPANIES, every=5, times=3)
    # The work is done and the client has stopped waiting by the time it is told.
    crew.fault("slow_after", method="POST", path=COMPANIES, after=2, every=7, times=2, seconds=5)
    crew.fault("503_html", method="POST", path=COMPANIES, after=1, every=6, times=3)
    numbers = crew.wave(40)
    crew.settled(numbers, 120)
    struck = [request for request in crew.requests("POST", COMPANIES) if request["status"] != 201]
    assert crew.fault_hits() > 15
    assert struck


def test_lost_answers_to_changes_leave_the_right_values(crew: Crew) -> None:
    numbers = crew.wave(20)
    crew.settled(numbers)
    crew.fault("cut_after", method="PATCH", path=COMPANY, every=2, times=6)
    crew.fault("truncated_json", method="PATCH", path=COMPANY, every=3, times=4)
    crew.fault("cut_before", method="PATCH", path=COMPANY, every=4, times=3)
    crew.fault("429", method="PATCH", path=COMPANY, every=5, times=2, retry_after=1)
    crew.fault("500", method="PATCH", path=COMPANY, every=6, times=2)
    crew.change(numbers)
    crew.settled(numbers)
    assert crew.fault_hits() >= 15


def test_values_that_lists_still_show_as_they_were_are_not_believed(crew: Crew) -> None:
    numbers = crew.wave(4)
    crew.settled(numbers)
    told = {number: f"eautomate/customer/{crew.customer_id(number)}" for number in numbers}
    before = {number: str(crew.people.customer(number)["Phone1"]) for number in numbers}
    # The lists are so far behind that they show every value as it was before this test's own changes.
    crew.advance_clock(300)
    crew.fault("stale_search", method="GET", path=COMPANIES, seconds=200)
    for phones in (dict.fromkeys(numbers, "111-1111"), before):
        seen = {number: len(crew.outcomes(record)) for number, record in told.items()}
        for number, phone in phones.items():
            crew.people.save_customer(number, Phone1=phone)
        for number, record in told.items():
            until(partial(crew.more_outcomes, record, seen[number]), f"{number} is told", every=0.3)
    crew.clear_faults()
    assert crew.differences(numbers) == []
