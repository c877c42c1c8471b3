"""Real servers from wheels, for a first start, the demo and the tests: Valkey and PostgreSQL on loopback.

``join`` gives this process a share in the servers of one data folder and starts them when nobody has;
``ValkeyServer`` and ``PostgresServer`` are single servers that can be stopped, killed and started again.
"""

from worker.embedded.postgres import PostgresServer
from worker.embedded.process import ServerDidNotStart
from worker.embedded.servers import EmbeddedServers, default_folder, join
from worker.embedded.valkey import ValkeyServer

__all__ = ["EmbeddedServers", "PostgresServer", "ServerDidNotStart", "ValkeyServer", "default_folder", "join"]
