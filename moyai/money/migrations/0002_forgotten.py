from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("money", "0001_initial"),
    ]

    operations = [
        migrations.AddField(model_name="charge", name="forgotten_at", field=models.DateTimeField(null=True)),
        migrations.RemoveField(model_name="writeoff", name="reason"),
    ]
