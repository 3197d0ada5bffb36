import django.db.models.deletion
from django.db import migrations, models

import moyai.tenants.models
from moyai.tenants.public import InsertOnly, Wall


class Migration(migrations.Migration):

    dependencies = [
        ('reservations', '0003_master_book'),
        ('tenants', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='round',
            name='beacon',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='round',
            name='seed_used',
            field=models.CharField(blank=True, default='', max_length=10),
        ),
        migrations.AddField(
            model_name='round',
            name='units',
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name='RoundFiles',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('stage', models.CharField(choices=[('list', '名簿'), ('result', '結果')], max_length=6)),
                ('sha256', models.CharField(max_length=64)),
                ('content', models.BinaryField()),
                ('made_at', models.DateTimeField()),
                ('body', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.body')),
                ('round', moyai.tenants.models.SameBody(index=False, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='reservations.round')),
            ],
        ),
        migrations.AddConstraint(
            model_name='roundfiles',
            constraint=models.UniqueConstraint(fields=('body', 'round', 'stage'), name='files_of_a_round_once'),
        ),
        Wall("roundfiles"),
        InsertOnly("roundfiles"),
    ]
