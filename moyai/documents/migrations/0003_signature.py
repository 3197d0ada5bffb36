from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_arrival"),
    ]

    operations = [
        migrations.AddField(
            model_name="letter", name="signature", field=models.JSONField(blank=True, default=dict)
        ),
    ]
