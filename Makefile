# The tasks of this repository. `make` alone lists them.

SWIFT ?= swift
BUILD = $(SWIFT) build -c release

.DEFAULT_GOAL := help
.PHONY: help run test check build deps test-deps lint format browser conformance accept bench sample clean

help: ## lists the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## runs the sample against the embedded mock, and says where its reports are
	@.ci/sample

test: test-deps ## builds and runs every test
	@$(BUILD) --build-tests
	@$(SWIFT) test -c release --skip-build

check: lint test ## what has to hold for every commit: format, no warnings, tests

build: deps ## builds the programs in release mode
	@$(BUILD) --product assay
	@$(BUILD) --product assay-script

deps:
	@.ci/dependencies

test-deps:
	@.ci/dependencies --test

lint: ## looks at the format of every file
	@$(SWIFT) format lint --strict -r Sources Tests Package.swift

format: ## formats every file
	@$(SWIFT) format format -i -r Sources Tests Package.swift

browser: build test-deps ## opens reports in a headless browser, and tries to break them
	@Tests/Browser/check

conformance: test-deps ## runs the public suites and counts what is right
	@$(BUILD) --build-tests
	@$(SWIFT) test -c release --skip-build --filter 'ConformanceTests|PatternTests|URITests'
	@Tests/Conformance/wire --least 0.97
	@Tests/Conformance/echo
	@Tests/Conformance/order --count 500
	@Tests/Conformance/order --corpus ../shared
	@Tests/Conformance/crash --count 100
	@Tests/Conformance/mock/second-opinion.py .build/release/assay --corpus ../shared

accept: test-deps ## rewrites the accepted outputs; look at the change
	@$(BUILD) --build-tests
	-@ASSAY_ACCEPT=1 $(SWIFT) test -c release --skip-build --filter 'PagesTests|ReportTests'

bench: build ## measures speed and size against peers in the same run
	@Tests/Benchmarks/run
	@Tests/Benchmarks/transport
	@Tests/Benchmarks/scripts
	@Tests/Benchmarks/reports

sample: build ## renews the sample report under Reports/Sample
	@.ci/sample > /dev/null
	@run=$$(ls -d Reports/2*-* | tail -n 1); mkdir -p Reports/Sample; \
	  cp $$run/report.html $$run/junit.xml $$run/journal.ndjson Reports/Sample/

clean: ## removes what was built and what was run
	@rm -rf .build Reports/2*-*
