"""Which PostgreSQL: the embedded one in the data folder, or the one named by MOYAI_DATABASE_URL."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from moyai.web.home import home, kept_secrets
from moyai.web.postgres import Embedded

OWNER, APP, ACROSS = "moyai_owner", "moyai_app", "moyai_across"


@dataclass(frozen=True, slots=True)
class Server:
    """Where the database is and who may set it up: a login that may create roles and databases."""

    host: str
    port: str
    name: str
    user: str
    password: str

    def admin(self, name: str | None = None) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=self.host,
            port=self.port,
            dbname=name or self.name,
            user=self.user,
            password=self.password or None,
            autocommit=True,
        )

    def login(self, role: str) -> dict[str, Any]:
        """Django's settings for a connection as one of our three roles."""
        return {
            "ENGINE": "moyai.tenants.postgresql",
            "HOST": self.host,
            "PORT": self.port,
            "NAME": self.name,
            "USER": role,
            "PASSWORD": kept_secrets()[f"{role.removeprefix('moyai_')}_password"],
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                "application_name": "moyai",
                "prepare_threshold": 0,  # tenants.prepared
                # One plan for all bodies: of a body that the statistics do not know yet, the planner believes that it has
                # no rows, and what it makes of that reads the body's whole table for each row.
                "options": "-c plan_cache_mode=force_generic_plan",
            },
        }


def server() -> Server:
    """The server this installation uses."""
    url = os.environ.get("MOYAI_DATABASE_URL")
    if not url:
        embedded = Embedded(home())
        return Server(str(embedded.socket_folder), "5432", "moyai", "postgres", "")
    parts = conninfo_to_dict(url)
    return Server(
        host=str(parts.get("host", "localhost")),
        port=str(parts.get("port", "5432")),
        name=str(parts.get("dbname", "moyai")),
        user=str(parts.get("user", "postgres")),
        password=str(parts.get("password", "")),
    )


def prepare(target: Server) -> None:
    """Make the database and its three roles where they are missing. Safe to run again."""
    with target.admin("postgres") as connection:
        version = connection.info.server_version
        if version < 150000:
            raise SystemExit(f"PostgreSQL 15以上が必要です（今のサーバーは {version // 10000} です）。")
        for role in (OWNER, APP, ACROSS):
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            password = kept_secrets()[f"{role.removeprefix('moyai_')}_password"]
            connection.execute(
                sql.SQL(
                    "{} ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS PASSWORD {}"
                ).format(sql.SQL("ALTER" if known else "CREATE"), sql.Identifier(role), sql.Literal(password))
            )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [target.name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(target.name)))
    with target.admin() as connection:
        for statement in (
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}",
            f"GRANT USAGE ON SCHEMA public TO {APP}, {ACROSS}",
        ):
            connection.execute(sql.SQL(statement))  # type: ignore[arg-type]
