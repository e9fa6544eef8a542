"""scripts/run and scripts/test on machines where something is missing: one clear sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.config import CODE

TOOLS = "sh dirname cksum cat awk df mkdir rm grep env".split()
OLD = '#!/bin/sh\ncase "$2" in *print*) echo 3.9 ;; *) exit 1 ;; esac\n'
GOOD = '#!/bin/sh\ncase "$2" in *print*) echo 3.12 ;; esac\n'
FULL = "#!/bin/sh\necho header\necho disk 9 9 500 1%\n"
ECHO = '#!/bin/sh\n[ "$1 $2" = "-m pip" ] || echo "ran $*"\n'


def program(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf8")
    path.chmod(0o755)


@pytest.fixture
def bare(tmp_path):
    """A machine with a shell and its usual tools, nothing more; returns how to run a script."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (folder / tool).symlink_to(found)

    def run(script: str, *args: str, lang: str = "fr_CA.UTF-8") -> subprocess.CompletedProcess[str]:
        environ = {"PATH": str(folder), "CATALOGUE_VENV": str(tmp_path / "venv"), "LANG": lang}
        return subprocess.run(
            [str(CODE / script), *args],
            env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    run.folder = folder  # type: ignore[attr-defined]
    return run


@pytest.mark.parametrize("script", ["scripts/run", "scripts/test"])
@pytest.mark.parametrize(
    ("programs", "french", "english"),
    [
        ({}, "Python est introuvable", "can’t be found"),
        ({"python3": OLD}, "Python 3.9 est trop ancien", "Python 3.9 is too old"),
        ({"python3.12": GOOD, "df": FULL}, "Il reste 500 Mo", "500 MB are left"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(bare, script, programs, french, english):
    for name, content in programs.items():
        (bare.folder / name).unlink(missing_ok=True)
        program(bare.folder / name, content)
    for lang, words in (("fr_CA.UTF-8", french), ("en_CA.UTF-8", english)):
        done = bare(script, lang=lang)
        assert done.returncode == 1 and done.stdout == ""
        assert done.stderr.count("\n") == 1 and words in done.stderr


def test_a_prepared_environment_is_used_at_once_and_a_changed_project_prepares_again(
    bare, tmp_path
):
    venv = tmp_path / "venv"
    program(venv / "bin" / "python", ECHO)
    first = bare("scripts/run", "ask", "un mot")
    assert first.stdout == "ran -m bot ask un mot\n" and "Installation" in first.stderr
    second = bare("scripts/run")
    assert (second.stdout, second.stderr) == ("ran -m bot serve\n", "")
    (venv / ".ready-run").write_text("another project\n", encoding="utf8")
    assert "Installation" in bare("scripts/run").stderr


def test_an_index_of_packages_that_does_not_answer(bare, tmp_path):
    program(
        tmp_path / "venv" / "bin" / "python",
        '#!/bin/sh\n[ "$3" = --version ] && exit\necho "No matching distribution found"\nexit 1\n',
    )
    done = bare("scripts/run")
    assert done.returncode == 1 and "index de paquets" in done.stderr.splitlines()[-1]


def test_the_tests_script_names_the_browser_tests_it_skips_and_what_failed(bare, tmp_path):
    program(
        tmp_path / "venv" / "bin" / "python",
        '#!/bin/sh\ncase "$2" in mypy) exit 1 ;; esac\n[ "$2" = pip ] || echo "ran $*"\n',
    )
    done = bare("scripts/test", "-k", "storage")
    assert "Chromium n’est pas installé" in done.stderr
    assert done.stdout.splitlines()[-1] == "ran -m pytest -k storage"
    assert done.returncode == 1 and done.stderr.splitlines()[-1] == "Échec : mypy"


def test_the_scripts_can_be_run():
    for script in ("scripts/run", "scripts/test", ".ci/run"):
        assert os.access(CODE / script, os.X_OK), script
