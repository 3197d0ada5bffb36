from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0003_keeping")]

    operations = [
        migrations.AddField(model_name="pooldraw", name="places", field=models.BigIntegerField(null=True)),
    ]
