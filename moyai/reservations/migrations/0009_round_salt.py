from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reservations", "0008_registration_terms")]

    operations = [
        migrations.RenameField("round", "secret", "salt"),
        migrations.AlterField("round", "salt", models.CharField(blank=True, default="", max_length=64)),
    ]
