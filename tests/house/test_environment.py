import re

from config.environment import TEXTS
from embedded.environment import EVERYBODY, HOLDERS
from tests.house.reading import ROOT, page, section, texts

QUOTED = re.compile(r"""["'](AMANA_[A-Z_]+)["']""")
SHELL = re.compile(r"\$\{?(AMANA_[A-Z_]+)|export (AMANA_[A-Z_]+)=")
TESTS = {"AMANA_CLUSTER_JSON"}


def read_by_the_product() -> set[str]:
    python = [
        text for path, text in texts(".py") if path.relative_to(ROOT).parts[0] in ("config", "embedded")
    ]
    shell = [page(name) for name in ("run", "test", "embedded/environment.sh")]
    quoted = {name for text in python for name in QUOTED.findall(text)}
    in_shell = {one or other for text in shell for one, other in SHELL.findall(text)}
    return quoted | in_shell | {f"AMANA_{name.upper()}" for name in TEXTS}


def in_the_readme() -> set[str]:
    return set(re.findall(r"^\| `(AMANA_[A-Z_]+)`", section("README.md", "The environment"), re.MULTILINE))


def test_the_readme_has_every_variable_that_is_read_and_no_other() -> None:
    assert in_the_readme() == read_by_the_product() - TESTS


def test_the_supervisor_hands_on_every_variable_that_the_settings_read() -> None:
    settings = {
        name
        for path in ("config/settings.py", "config/environment.py")
        for name in QUOTED.findall(page(path))
    }
    assert settings | {f"AMANA_{name.upper()}" for name in TEXTS} <= EVERYBODY | HOLDERS.keys()
