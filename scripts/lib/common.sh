# shellcheck shell=bash
# Sourced by the scripts beside it. Needs nothing but bash and the tools it checks for.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
web="$root/apps/web"

say() { printf '%s\n' "$*" >&2; }

die() {
    say "${0##*/}: $*"
    exit 1
}

# What building the Rust side needs, with where to get it.
require_rust() {
    command -v cargo >/dev/null || PATH="$HOME/.cargo/bin:$PATH"
    command -v cargo >/dev/null || die "Rust is missing: install it with rustup (https://rustup.rs), then open a new terminal"
    command -v cc >/dev/null || die "a C compiler is missing (Debian: apt install build-essential; macOS: xcode-select --install)"
}

# The tools that building everything needs, with where to get them.
require_tools() {
    require_rust
    local name major
    for name in node npm; do
        command -v $name >/dev/null || die "$name is missing: install Node.js 20 or newer (https://nodejs.org)"
    done
    major=$(node -p 'process.versions.node.split(".")[0]')
    [ "$major" -ge 20 ] || die "Node.js is version $major, but 20 or newer is needed"
}

# Where cargo puts what it builds, whatever the environment or its configuration say.
target_dir() {
    (cd "$root" && cargo metadata --no-deps --offline --format-version 1) |
        sed 's/.*"target_directory":"\([^"]*\)".*/\1/'
}

# measure NAME ARGUMENT…: builds the server and the program that puts it to the test, both for release, and runs the latter.
measure() {
    local program=$1 begun=$SECONDS built argument
    shift
    for argument in "$@"; do
        case $argument in --help | -h)
            sed -n '2,${/^#/!q;s/^# //p;}' "$root/scripts/$program"
            return
            ;;
        esac
    done
    require_rust
    if [ -z "${CENTRALITA_BUILT:-}" ]; then
        say "· cargo build --release (several minutes the first time)"
        (cd "$root" && cargo build --release -p api -p bench -p simulator --bins) || die "the programs could not be built (see above)"
        say "· built in $((SECONDS - begun)) s"
    fi
    built="$(target_dir)"
    cd "$root" || return
    exec "$built/release/$program" --server "$built/release/api" --dir "$built/bench" "$@"
}

# One number for the contents and names of everything below the given paths that is a source.
fingerprint() {
    find "$@" \( -name node_modules -o -name dist -o -name e2e -o -name test-results -o -name playwright-report \) -prune \
        -o -type f -print0 | LC_ALL=C sort -z | xargs -0 cksum | cksum
}

# Installs the web's packages when the lock file has changed.
web_packages() {
    local stamp="$web/node_modules/.installed" wanted
    wanted=$(fingerprint "$web/package.json" "$web/package-lock.json")
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    say "· npm ci (apps/web)"
    (cd "$web" && npm ci --no-audit --no-fund --loglevel=error >&2) || return
    mkdir -p "$web/node_modules" && printf "%s" "$wanted" >"$stamp"
}

# Builds the web when a source has changed. It calls the API that serves it.
web_build() {
    local stamp="$web/node_modules/.built" wanted
    web_packages || return
    wanted=$(fingerprint "$web")
    [ -f "$web/dist/index.html" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    say "· npm run build (apps/web)"
    (cd "$web" && env -u VITE_API_BASE npm run build --loglevel=error >&2) || return
    mkdir -p "$web/node_modules" && printf "%s" "$wanted" >"$stamp"
}
