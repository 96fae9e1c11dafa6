"""python -m config.embedded start | stop | status | forget"""

import shlex
import sys

from config.embedded import VAR, Postgres, Valkey, environment, forget, stop


def main(asked: str) -> None:
    match asked:
        case "start":
            for name, value in environment().items():
                print(f"export {name}={shlex.quote(value)}")
        case "stop":
            stop()
        case "forget":
            forget(VAR / "test")
            forget()
        case "status":
            servers: dict[str, Postgres | Valkey] = {"PostgreSQL": Postgres.of(VAR), "Valkey": Valkey.of(VAR)}
            for name, server in servers.items():
                print(f"{name} is {'running' if server.is_running() else 'stopped'}, log: {server.log}")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
