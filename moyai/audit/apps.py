from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "moyai.audit"
    label = "audit"
    verbose_name = "監査"
