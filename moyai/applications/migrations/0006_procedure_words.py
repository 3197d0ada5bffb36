from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0005_draft_lost'),
    ]

    operations = [
        migrations.AddField(
            model_name='procedure',
            name='translations',
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
