PYTHON ?= python3
IN = .venv/bin/python -m

.PHONY: lock
lock:
	$(PYTHON) bootstrap.py dev
	$(LOCK) -o requirements.txt requirements.in
	$(LOCK) -c requirements.txt -o requirements-dev.txt requirements-dev.in
	$(PYTHON) bootstrap.py dev

LOCK = UV_SYSTEM_CERTS=1 .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-header
