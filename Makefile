# One line a target; the work is done by scripts/ and the command `arcada`.
.PHONY: setup run test test-full check demo bench fuzz lock words docs
.DEFAULT_GOAL := help
help:        ; @grep -E '^[a-z-]+: .*##' Makefile | sed 's/:.*## /: /'
setup:       ; @bash scripts/setup.sh ## make .venv and the front end ready
run: setup   ; @.venv/bin/arcada serve --demo ## serve on http://127.0.0.1:8000 with the demo practice
test: setup  ; @bash scripts/test.sh -m 'not full' ## everything that proves Arcada
test-full: setup ; @ARCADA_FULL=1 bash scripts/test.sh ## the same with full seeds, long fuzzing, root and outside tools
check: setup ; @bash scripts/check.sh ## fast checks, no browser
demo: setup  ; @.venv/bin/arcada demo --reset ## reset the demo data
bench: setup ; @.venv/bin/python -m benchmarks ## benchmarks beside the peers
fuzz: setup  ; @bash scripts/fuzz.sh ## fuzz every reader
words: setup ; @bash scripts/words.sh ## collect the words to translate
lock:        ; @bash scripts/lock.sh ## pin requirements*.txt anew
