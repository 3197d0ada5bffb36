"""ENGINE "moyai.tenants.postgresql".

Django groups by the primary key alone where it may, because a key decides the other columns. Behind the
wall the key is (body_id, id) and PostgreSQL rightly refuses a GROUP BY of `id`: group by every column.
"""

from django.db.backends.postgresql import base, features


class DatabaseFeatures(features.DatabaseFeatures):
    allows_group_by_selected_pks = False


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
