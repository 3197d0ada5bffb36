from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "moyai.tenants"
    label = "tenants"
    verbose_name = "団体"
