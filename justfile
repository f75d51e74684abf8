# Short names for what CONTRIBUTING.md describes; CI runs tests/run and nothing of its own.

# what a change must pass before it is committed
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    tests/purity

# everything, as CI runs it
test:
    tests/run

# the scorer against the recipe, in one run on this machine
bench *arguments:
    tests/bench {{arguments}}

# the operator with many schedules at once
load *arguments:
    tests/load {{arguments}}

# make the committed fixtures again, all or the parts named
fixtures *parts:
    python3 tests/fixtures/make.py {{parts}}

# format the code
fmt:
    cargo fmt --all
