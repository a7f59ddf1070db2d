# run · dev · test · check: each sets up what it needs first, and is quick the second time.
.PHONY: run dev test check proof bench web openapi api-docs screenshots frames format lock clean \
	test-api test-web unit e2e check-api check-web check-frontend no-node no-chromium
.NOTPARALLEL:

SUPPORTED := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c '$(SUPPORTED)' 2>/dev/null && { echo $$p; break; }; done)
BIN := $(CURDIR)/.venv/bin
READY := .venv/.ready
SOURCES := src tests benchmarks verify_neon_connection.py

# The web app needs Node, and its tests a browser. The API needs neither.
NODE := $(shell node -e 'process.exit(+(parseInt(process.versions.node) < 20))' 2>/dev/null && command -v npm)
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
export CHROMIUM
MODULES := frontend/node_modules/.ready
BUILT := frontend/dist/.ready
CLIENT := frontend/src/client/schema.d.ts
NPM_RUN := npm --prefix frontend run --silent

run: $(READY) ## serve on this machine; respects PORT, HOST, DATABASE_URL
	@$(if $(NODE),$(MAKE) -s web || echo "The web app could not be built: see above. The API runs all the same.", \
		test -f $(BUILT) || echo "The web app needs Node.js 20 or later, which was not found. The API runs without it.")
	@cd backend && exec "$(BIN)/python" -m src.cli dev

dev: $(READY) $(if $(NODE),$(MODULES) $(CLIENT)) ## as run, with the web app's hot reload beside it
	@test -n "$(NODE)" || { echo "Hot reload needs Node.js 20 or later, which was not found."; exit 1; }
	@cd backend && exec "$(BIN)/python" -m src.cli dev --hot

web: $(BUILT) ## build the web app

test: test-api test-web ## all tests, on a real PostgreSQL and in a real browser
	@cat backend/.pytest_cache/d/not-run/lines

test-api: $(READY)
	@cd backend && "$(BIN)/python" -m pytest -n auto

test-web: $(if $(NODE),unit $(if $(CHROMIUM),e2e,no-chromium),no-node)

unit: $(MODULES) $(CLIENT)
	@$(NPM_RUN) unit

e2e: $(READY) $(BUILT)
	@$(NPM_RUN) e2e

SECONDS ?= 60
proof: $(READY) ## faults, attacks and overload at length, and the sabotages that must be noticed; writes docs/proof.md
	@cd backend && "$(BIN)/python" -m tests.proof --seconds $(SECONDS)

bench: $(READY) ## what a request costs, against the least and the usual; writes backend/benchmarks/results.json
	@cd backend && "$(BIN)/python" -m benchmarks comparison beside growth

check: check-api check-web ## format, lint, types, imports, unused code and dependencies, what is generated, size

check-api: $(READY)
	@cd backend && "$(BIN)/ruff" format --check $(SOURCES)
	@cd backend && "$(BIN)/ruff" check $(SOURCES)
	@cd backend && "$(BIN)/mypy"
	@cd backend && "$(BIN)/lint-imports" --no-cache
	@cd backend && "$(BIN)/vulture"
	@cd backend && "$(BIN)/deptry" .
	@cd backend && "$(BIN)/python" -m src.cli openapi | diff ../frontend/openapi.json - >/dev/null || \
		{ echo "frontend/openapi.json is not what the API says of itself: run make openapi"; exit 1; }
	@cd backend && "$(BIN)/python" -m tests.documents --check
	@"$(BIN)/check-jsonschema" --builtin-schema vendor.compose-spec docker-compose.yml
	@"$(BIN)/hadolint" backend/Dockerfile

check-web: $(if $(NODE),check-frontend,no-node)

check-frontend: $(MODULES) $(CLIENT) $(BUILT)
	@$(NPM_RUN) lint
	@$(NPM_RUN) types
	@$(NPM_RUN) unused
	@$(NPM_RUN) budget

openapi: $(READY) ## write frontend/openapi.json, from which the web app's client is made
	@cd backend && "$(BIN)/python" -m src.cli openapi > openapi.part && mv openapi.part ../frontend/openapi.json

api-docs: openapi ## write docs/api: a tour with curl, and a Postman collection
	@cd backend && "$(BIN)/python" -m tests.documents

screenshots: $(READY) $(BUILT) ## pictures of every view, in frontend/screenshots/
	@$(NPM_RUN) screenshots

frames: $(READY) $(BUILT) ## what scrolling through 10,000 tasks costs, frame by frame
	@$(NPM_RUN) frames

no-node no-chromium:
	@echo "NOT RUN: $(if $(filter no-node,$@),what is of the web app: it needs Node.js 20 or later,the \
browser tests: they need Chromium (set CHROMIUM to its path)), which was not found."
	@test -z "$(CI)"

# Not from the network each time: when the lock has changed. No package may run scripts of its own.
$(MODULES): frontend/package-lock.json frontend/.npmrc
	@echo "Setting up frontend/node_modules"
	@npm --prefix frontend ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(CLIENT): frontend/openapi.json frontend/package.json $(MODULES)
	@$(NPM_RUN) generate >/dev/null
	@touch $@

$(BUILT): $(MODULES) $(shell find frontend/src frontend/public -not -path 'frontend/src/client*' -not -name '*.test.*') \
		frontend/index.html frontend/package.json frontend/tsconfig.json frontend/vite.config.ts
	@echo "Building the web app"
	@$(NPM_RUN) build -- --logLevel warn || { rm -rf frontend/dist; exit 1; } # nothing is served that is not whole
	@touch $@

format: $(READY) $(if $(NODE),$(MODULES)) ## put the code in order
	@cd backend && "$(BIN)/ruff" check --fix $(SOURCES); "$(BIN)/ruff" format $(SOURCES)
	@$(if $(NODE),$(NPM_RUN) format)

lock: $(READY) ## write the lock files anew, from pyproject.toml
	@cd backend && "$(BIN)/uv" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-header pyproject.toml -o requirements.txt
	@cd backend && "$(BIN)/uv" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-header pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt

clean: ## remove what `make` set up; the data in .data/ stay
	rm -rf .venv frontend/node_modules frontend/dist frontend/src/client

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
