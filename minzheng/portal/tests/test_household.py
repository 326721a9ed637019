"""A household's page shows where its members stood, and on which lists of other offices."""

from datetime import UTC, date, datetime

from django.apps import apps
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

VILLAGE = 530102001001
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
DETERMINED = (
    "INSERT INTO benefits_determination (household, person, programme, payee, eligible, amount, persons,"
    " reasons, facts, law, day, known, area, current)"
    " VALUES (7, 0, 'marginal', 7, %s, 0, '{7}', %s, 0, '', %s, %s, %s, %s)"
)


def test_moves_and_lists_stand_on_the_page(signed_in):
    household, person, membership, label = (
        apps.get_model("people", name) for name in ("Household", "Person", "Membership", "Label")
    )
    home = household.unscoped.create(id=7, area=VILLAGE, urban=True, source="演示")
    person.unscoped.create(
        id=7, name="演示", bigrams=["演示"], sex=1, born=date(1980, 1, 1), ethnicity=1,
        provisional_code="LS7", area=VILLAGE, recorded_at=BEGAN, source="演示",
    )  # fmt: skip
    dated = {"valid": DateRange(date(2023, 1, 1), None), "recorded_at": BEGAN, "area": VILLAGE}
    membership.unscoped.create(person_id=7, household=home, relation=0, source="演示", **dated)
    label.unscoped.create(person_id=7, kind=1, source="演示名单", **dated)
    with connection.cursor() as cursor:
        for eligible, why, day, current in (
            (True, [], date(2024, 3, 1), False),
            (False, ["收入超过规定"], date(2024, 6, 1), True),
        ):
            cursor.execute(DETERMINED, [eligible, why, day, BEGAN, VILLAGE, current])
    page = signed_in().get("/households/7/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "身份变化和名单" in text
    assert "户主：低保边缘家庭" in text
    assert "2024-03-01 起，2024-06-01 止" in text
    assert "防返贫监测：脱贫不稳定户" in text
    assert "演示名单" in text
