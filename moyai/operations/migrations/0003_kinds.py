"""The kinds of cases every desk begins with; each installation changes their hours and adds its own."""

from django.db import migrations

# code, name, ends in 採用/不採用/保留, office minutes to the first answer, to the solution, around the clock, limits
KINDS = [
    ("question", "問合せ", False, 240, 1575, False, {}),
    ("call", "電話の問合せ", False, 60, 525, False, {}),
    ("consult", "相談", False, 525, 2625, False, {}),
    ("request", "依頼", False, 525, 2625, False, {}),
    ("joint-desk", "共同受付", False, 240, 1575, False, {}),
    ("budget-check", "予算確認", False, 1050, 5250, False, {}),
    (
        "specification-check",
        "仕様書確認",
        False,
        1050,
        5250,
        False,
        {"goods": 30_000_000, "services": 20_000_000},
    ),
    ("wish", "要望", True, 2625, None, False, {}),
    ("proposal", "提案", True, 2625, None, False, {}),
    ("improvement", "業務改善", True, 2625, None, False, {}),
    ("fault", "障害", False, 30, 240, True, {}),
    ("incident", "インシデント", False, 30, 480, True, {}),
]


def bring(apps, schema_editor):
    kind = apps.get_model("operations", "Kind")
    for position, (code, name, decided, answer, solve, always, limits) in enumerate(KINDS, 1):
        kind.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "ends_in_decision": decided,
                "answer_minutes": answer,
                "solve_minutes": solve,
                "around_the_clock": always,
                "limits": limits,
                "position": position * 10,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("operations", "0002_sharing")]
    # Back: kinds that cases already name have to stay, and those nobody uses do no harm.
    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
