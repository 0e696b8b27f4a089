# The same recipes as in scripts/, and the smaller ones. `just` lists them.
set positional-arguments

_list:
    @just --list --unsorted

# The whole product with sample data (--reset starts over, --port N)
demo *arguments:
    scripts/demo "$@"

# Everything that has to hold before a change is shared, or only the parts named
check *parts:
    scripts/check "$@"

# Figures beside their yardsticks (--quick, --json, --tenants N,…)
bench *arguments:
    scripts/bench "$@"

# Faults under load: nothing lost, nothing doubled (--minutes N, --seed N)
chaos *arguments:
    scripts/chaos "$@"

# Creates and migrates many tenants, one of them broken on purpose
fleet *arguments:
    scripts/fleet "$@"

# The tests, or those whose names match
test *arguments:
    cargo nextest run --workspace "$@"

# Formatting and lints, Rust and web
lint:
    scripts/check format lint
    npm --prefix apps/web run lint

# Formats everything
fmt:
    cargo fmt --all
    npm --prefix apps/web run format

# Rewrites every schema.rs from the migrations
schema:
    UPDATE_SCHEMA=1 cargo nextest run --workspace schema
    cargo fmt --all

# The web with live reload, against a running API
web:
    npm --prefix apps/web run dev

# The web's types from the API's description
types:
    npm --prefix apps/web run gen:api

# Licences, bans, sources
deny:
    cargo deny check bans licenses sources
