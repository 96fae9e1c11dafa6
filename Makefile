# Everything needs Python 3.11 or newer and make, nothing else. Another Python: make test PYTHON=python3.13
PYTHON ?= python3
IN = .venv/bin/python -m
MANAGE = DJANGO_SETTINGS_MODULE=tests.settings .venv/bin/python -W ignore manage.py

.PHONY: demo test journeys bench check format lock clean tools browser

demo: ## Baton with a filled tenant. PORT=8001 chooses the port, RESET=1 starts afresh
	@$(PYTHON) bootstrap.py demo

test: tools ## All tests but the browser's. ARGS="tests/deals -k lose" runs some
	$(IN) pytest -n 2 --ignore=tests/journeys $(ARGS)

journeys: tools browser ## A browser walks through the running product
	BATON_JOURNEYS=required $(IN) pytest -n 2 tests/journeys $(ARGS)

bench: tools ## Each page against its yardstick, on a million follows. SCALE=0.1 takes a tenth
	$(IN) bench

check: tools ## What the build checks, then the tests
	$(IN) ruff format --check .
	$(IN) ruff check .
	$(IN) mypy
	.venv/bin/lint-imports --no-logo
	find templates -name '*.html' | xargs -r .venv/bin/djade --target-version 5.2 --check
	$(MANAGE) makemigrations --check --dry-run
	@if [ -f config/translations.py ]; then set -x; $(IN) config.translations --check; fi
	$(MAKE) test

format: tools ## Let the formatters write
	$(IN) ruff check --fix --quiet . || true
	$(IN) ruff format .
	find templates -name '*.html' | xargs -r .venv/bin/djade --target-version 5.2 || true

lock: tools ## Pin the newest versions that fit requirements*.in
	$(LOCK) -o requirements.txt requirements.in
	$(LOCK) -c requirements.txt -o requirements-dev.txt requirements-dev.in
	@$(PYTHON) bootstrap.py dev

# For every Python and platform at once, and without an index: that is each machine's own business.
LOCK = UV_SYSTEM_CERTS=1 .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-header

clean: ## Stop what runs and remove what was made, the demo's data too
	@if [ -x .venv/bin/python ]; then $(IN) config.embedded forget; fi
	rm -rf .venv var .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

tools:
	@$(PYTHON) bootstrap.py dev
	@$(IN) config.translations compile

browser:
	@command -v chromium > /dev/null && fc-list :lang=ja 2> /dev/null | grep -q . || \
		{ apt-get update -q && apt-get install -q -y --no-install-recommends chromium fonts-noto-cjk fontconfig; }
