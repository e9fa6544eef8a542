# Read by scripts/run and scripts/test: prepares the Python environment, once.
# Needs only Python 3.11 or newer and a package index. CATALOGUE_VENV places the environment
# elsewhere than .venv; pip’s own settings (PIP_INDEX_URL and others) are left alone.

ROOT=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
VENV=${CATALOGUE_VENV:-$ROOT/.venv}
NEEDED_MB=3000

# say FRENCH ENGLISH: one sentence on stderr, in the language of the locale; French without one.
say() {
    case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in
        en*) printf '%s\n' "$2" >&2 ;;
        *) printf '%s\n' "$1" >&2 ;;
    esac
}

fail() {
    say "$@"
    exit 1
}

# Prints the first Python that is new enough and can make an environment.
find_python() {
    too_old= without_venv=
    for name in python3.13 python3.12 python3.11 python3 python; do
        # Run, not only found: a version manager’s stand-in may be on the path and do nothing.
        version=$("$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        if ! "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            too_old=$version
        elif ! "$name" -c 'import ensurepip, venv' 2>/dev/null; then
            without_venv=$version
        else
            printf '%s\n' "$name"
            return
        fi
    done
    if [ -n "$without_venv" ]; then
        fail "Python $without_venv n’a pas son module venv : installez le paquet python3-venv." \
            "Python $without_venv lacks its venv module: install the package python3-venv."
    elif [ -n "$too_old" ]; then
        fail "Python $too_old est trop ancien : installez Python 3.11 ou plus récent." \
            "Python $too_old is too old: install Python 3.11 or newer."
    fi
    fail "Python est introuvable : installez Python 3.11 ou plus récent." \
        "Python can’t be found: install Python 3.11 or newer."
}

check_disk() {
    mkdir -p "$VENV" 2>/dev/null ||
        fail "Impossible de créer $VENV : vérifiez vos droits et l’espace disque." \
            "Can’t create $VENV: check your rights and the disk space."
    free=$(df -Pm "$VENV" | awk 'NR == 2 { print $4 }')
    [ "${free:-$NEEDED_MB}" -ge "$NEEDED_MB" ] ||
        fail "Il reste $free Mo sur le disque de $VENV; il en faut $NEEDED_MB pour les bibliothèques." \
            "$free MB are left on the disk of $VENV; the libraries need $NEEDED_MB."
}

# install ARGUMENTS of pip: quiet; a failure is told in one sentence, the rest is in the log.
install() {
    if "$VENV/bin/python" -m pip install --quiet --no-input --no-compile --disable-pip-version-check \
        --progress-bar off "$@" >>"$VENV/install.log" 2>&1; then
        return
    fi
    if grep -qi 'no space left' "$VENV/install.log"; then
        fail "Le disque est plein : libérez de l’espace, puis relancez." \
            "The disk is full: free some space and start again."
    elif grep -qiE 'no matching distribution|could not find a version|connection|max retries|name resolution|timed out|proxy' \
        "$VENV/install.log"; then
        fail "L’index de paquets ne répond pas ou n’a pas ces versions : vérifiez le réseau et PIP_INDEX_URL (détails : $VENV/install.log)." \
            "The package index doesn’t answer or lacks these versions: check the network and PIP_INDEX_URL (details: $VENV/install.log)."
    fi
    fail "L’installation des bibliothèques a échoué (détails : $VENV/install.log)." \
        "Installing the libraries failed (details: $VENV/install.log)."
}

# prepare run|test: makes the environment, or finds at once that it is there. The stamp says for
# which place and which versions it was made; an unfinished one has none.
prepare() {
    wanted="$ROOT $(cksum <"$ROOT/pyproject.toml")"
    for purpose in "$1" test; do # an environment for tests also runs the assistant
        [ "$(cat "$VENV/.ready-$purpose" 2>/dev/null)" != "$wanted" ] || return 0
    done
    if [ ! -x "$VENV/bin/python" ] || ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
        python=$(find_python) || exit 1
        check_disk
        say "Création de l’environnement Python dans $VENV…" "Making the Python environment in $VENV…"
        "$python" -m venv --clear "$VENV" >/dev/null 2>&1 ||
            fail "Impossible de créer l’environnement $VENV : vérifiez vos droits et l’espace disque." \
                "Can’t make the environment $VENV: check your rights and the disk space."
    fi
    rm -f "$VENV/.ready-run" "$VENV/.ready-test" "$VENV/install.log"
    say "Installation des bibliothèques (quelques minutes la première fois)…" \
        "Installing the libraries (a few minutes the first time)…"
    # By itself: it’s by far the largest, and alone its failure is plain.
    install 'torch==2.13.0'
    if [ "$1" = test ]; then
        install -e "$ROOT[dev]"
    else
        install -e "$ROOT"
    fi
    printf '%s\n' "$wanted" >"$VENV/.ready-$1"
}
