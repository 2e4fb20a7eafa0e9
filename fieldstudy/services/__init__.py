"""The two servers the platform stands on: PostgreSQL and Valkey (or Redis).

`configured` says where they are, from the environment alone; with neither `DATABASE_URL` nor `REDIS_URL` set, they are
the platform's own, kept in a data folder, and `running` sees to it that they are up. Nothing here imports Django.
"""

from fieldstudy.services.configuration import Services, configured, redis_py_url
from fieldstudy.services.sharing import running

__all__ = ["Services", "configured", "redis_py_url", "running"]
