"""What belongs to an application goes only after its time; its history may go then too, but is never changed."""

from django.db import migrations

from moyai.tenants.public import ForgetOnly

OF_AN_APPLICATION = (
    "application",
    "attachment",
    "cardsignature",
    "correction",
    "decision",
    "followup",
    "hold",
    "returnedpaper",
    "routestep",
)


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_complete")]

    operations = [
        *(ForgetOnly(model, root="application", holds="hold") for model in OF_AN_APPLICATION),
        ForgetOnly("history", root="application", holds="hold", frozen=True),
    ]
