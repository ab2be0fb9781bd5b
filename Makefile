# Each works from a clean clone with git, make and any python3 from 3.9: scripts/bootstrap.py gets the rest.
PYTHON ?= python3
BIN := .venv/bin
GATED := bot/conversation bot/recognition bot/safety bot/privacy

.NOTPARALLEL:
.PHONY: run setup environments train check test bench encoder evaluate

run:  ## everything in the foreground; Ctrl-C ends it
	@$(PYTHON) scripts/bootstrap.py run

setup:  ## both environments and the model
	@$(PYTHON) scripts/bootstrap.py setup

train: setup  ## the model alone: what is already there is not made again

encoder: environments  ## trains the sentence encoder that models/encoder/ keeps: half an hour, seldom needed
	$(BIN)/python -m bot.recognition.training.tuning

evaluate: setup  ## what recognition finds in held-out messages, beside simpler models: docs/recognition.md
	$(BIN)/python -m bot.recognition.training.evaluation

environments:
	@$(PYTHON) scripts/bootstrap.py environments

check: environments  ## lint, types, content
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/quietword check

test: setup check  ## all tests; at least 85% of lines and branches where a mistake would harm somebody
	$(BIN)/pytest $(GATED:%=--cov=%) --cov-branch --cov-report=term:skip-covered --cov-fail-under=85

bench: setup  ## how fast the whole stack answers
	$(BIN)/python scripts/bench.py
