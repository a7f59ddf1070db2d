# run · test · check: each sets up what it needs first, and is quick the second time.
.PHONY: run test check format lock clean

SUPPORTED := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c '$(SUPPORTED)' 2>/dev/null && { echo $$p; break; }; done)
BIN := $(CURDIR)/.venv/bin
READY := .venv/.ready
SOURCES := src tests verify_neon_connection.py

run: $(READY) ## serve on this machine; respects PORT, HOST, DATABASE_URL
	@cd backend && exec "$(BIN)/python" -m src.cli dev

test: $(READY) ## all tests, on a real PostgreSQL
	@cd backend && "$(BIN)/python" -m pytest -n auto

check: $(READY) ## format, lint, types, imports, unused code and dependencies, compose file
	@cd backend && "$(BIN)/ruff" format --check $(SOURCES)
	@cd backend && "$(BIN)/ruff" check $(SOURCES)
	@cd backend && "$(BIN)/mypy"
	@cd backend && "$(BIN)/lint-imports" --no-cache
	@cd backend && "$(BIN)/vulture"
	@cd backend && "$(BIN)/deptry" .
	@"$(BIN)/check-jsonschema" --builtin-schema vendor.compose-spec docker-compose.yml
	@"$(BIN)/hadolint" backend/Dockerfile

format: $(READY) ## put the code in order
	@cd backend && "$(BIN)/ruff" check --fix $(SOURCES); "$(BIN)/ruff" format $(SOURCES)

lock: $(READY) ## write the lock files anew, from pyproject.toml
	@cd backend && "$(BIN)/uv" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-header pyproject.toml -o requirements.txt
	@cd backend && "$(BIN)/uv" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-header pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt

clean: ## remove what `make` set up; the data in .data/ stay
	rm -rf .venv

SYNC := "$(BIN)/uv" pip sync --quiet --require-hashes --python "$(BIN)/python" backend/requirements-dev.txt

# uv installs in seconds what takes pip minutes; its own version is the one that is locked. Where a proxy
# stands before the registry, only the system knows the certificates to trust.
$(READY): backend/requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed, and was not found."; exit 1; }
	@test -x .venv/bin/python || "$(PYTHON)" -m venv .venv || { rm -rf .venv; \
		echo "The virtual environment could not be made. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up .venv"
	@"$(BIN)/python" -m pip install --quiet --disable-pip-version-check \
		"uv==$$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' backend/requirements-dev.txt)"
	@$(SYNC) 2>/dev/null || $(SYNC) --system-certs
	@touch $(READY)
