# Everything a developer or operator does with this repository. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

WEB := vertex-http/web
PEERS := benches/peers
WEB_SOURCES := $(shell find $(WEB)/src $(WEB)/public -type f 2>/dev/null) $(wildcard $(WEB)/*.html $(WEB)/*.ts $(WEB)/*.json) vertex-http/openapi.json

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(WEB)/dist/viewer.html ## Build and serve on http://localhost:8080 (data under ./data)
	cargo build --profile serve --package vertex-http
	target/serve/vertex serve

.PHONY: test
test: ## Run every test; installs what it needs where it may
	.ci/test

.PHONY: test-fast
test-fast: $(WEB)/node_modules ## Run the unit tests of all crates and of the web pages
	cargo nextest run --workspace --lib --locked
	cd $(WEB) && npm run --silent check && npm test --silent

.PHONY: bench
bench: ## Measure the engine with criterion
	cargo bench --package vertex-benches

.PHONY: bench-peers
bench-peers: $(PEERS)/node_modules ## Compare with other compilers; FORMATS=nft, PICTURES=dir, SEEDS="1 11", ... (benches/peers)
	node $(PEERS)/run.mjs

$(PEERS)/node_modules: $(PEERS)/package-lock.json
	cd $(PEERS) && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

.PHONY: fuzz
fuzz: ## Fuzz every parser of foreign bytes, FUZZ_SECONDS (30) each
	fuzz/run $${FUZZ_SECONDS:-30}

.PHONY: api-cases
api-cases: ## Throw generated requests at the API, CASES (100) of each operation
	cargo build --package vertex-http
	vertex-http/tests/schemathesis/run $${CASES:-100}

.PHONY: media
media: ## Compare pictures and videos of all kinds with what other programs see; ONLY="NAME NAME"
	cargo build --workspace --bins --locked
	vertex-http/tests/media/run.py $(ONLY:%=--only %)

.PHONY: fmt
fmt: ## Format the Rust sources
	cargo fmt --all

.PHONY: lint
lint: ## Check formatting, lints, documentation and the crates' arrows
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
	.ci/arrows

.PHONY: audit
audit: ## Check licences, sources and known vulnerabilities of dependencies; needs cargo-deny
	.ci/audit

.PHONY: docs
docs: ## Build the Rust documentation
	cargo doc --workspace --no-deps
	@echo "open target/doc/vertex_markers/index.html"

.PHONY: web
web: $(WEB)/dist/viewer.html ## Build the web pages

$(WEB)/node_modules: $(WEB)/package-lock.json
	cd $(WEB) && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

$(WEB)/dist/viewer.html: $(WEB)/node_modules $(WEB_SOURCES)
	cd $(WEB) && npm run --silent build
