"""Settings, credentials, the package: what the operator does."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import parse_qsl

import jsonschema
import jwt as pyjwt
import pytest
import requests
from teams_world import APP, HERE, KEY, TENANT

from bot.channels.teams_auth import Tokens
from bot.channels.teams_icons import color_icon, outline_icon
from bot.channels.teams_options import PLAYGROUND, TeamsOptions, options_of
from bot.channels.teams_package import COMMANDS, manifest, package
from bot.config import Settings, shown_value
from knowledge.phrases import Problem, say
from tests.assistant_fakes import incoming

ROOT = HERE.parent.parent
GOOD = TeamsOptions(app_id=APP, secret="s", tenants=(TENANT,))


def test_what_the_settings_give():
    settings = Settings(
        teams_app_id=APP.upper(), teams_app_secret=" s ", teams_tenants=f"{TENANT}, {APP};{APP}"
    )
    options = options_of(settings).checked()
    assert options.app_id == APP and options.secret == "s"
    assert options.tenants == (TENANT, APP, APP) and options.tenant == TENANT
    assert replace(options, app_type="multi").tenant == ""
    assert shown_value(settings, "teams_app_secret") == "•••"
    assert " s " not in repr(settings)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"app_id": "x"}, "teams.app_id"),
        ({"tenants": ()}, "teams.tenants_needed"),
        ({"tenants": ("organisme.example",)}, "teams.tenant"),
        ({"secret": ""}, "teams.one_credential"),
        ({"certificate": HERE / "rien.pem"}, "teams.one_credential"),
        ({"secret": "", "certificate": HERE / "rien.pem"}, "teams.certificate"),
        ({"anonymous": True}, "teams.anonymous_app"),
        ({"anonymous": True, "host": "0.0.0.0"}, "teams.anonymous_host"),
        ({"anonymous": True, "app_id": "", "host": "192.168.1.4"}, "teams.anonymous_host"),
    ],
)
def test_incomplete_or_open_settings_are_refused(changes, key):
    assert GOOD.checked() is GOOD
    with pytest.raises(Problem) as caught:
        replace(GOOD, **changes).checked()
    assert caught.value.key == key and caught.value.text("fr")


def test_anonymous_mode_admits_the_playgrounds_tenant_or_those_named():
    assert TeamsOptions(anonymous=True).checked().tenants == (PLAYGROUND,)
    assert TeamsOptions(anonymous=True, tenants=(TENANT,)).checked().tenants == (TENANT,)


def test_anonymous_mode_warns_at_every_start(app, capsys):
    from bot.channels.teams import TeamsChannel

    for _ in range(2):
        channel = TeamsChannel(app, TeamsOptions(anonymous=True, port=0))
        assert channel.start().startswith("http://127.0.0.1:")
        channel.stop()
    assert capsys.readouterr().err.count("mode anonyme") == 2


def test_a_taken_port_is_said(app, channel):
    from bot.channels.teams import TeamsChannel

    port = int(channel.teams.endpoint.split(":")[2].split("/")[0])
    other = TeamsChannel(app, replace(GOOD, port=port))
    with pytest.raises(Problem, match="Teams"):
        other.start()
    other.stop()


@dataclass
class SignIn:
    """Microsoft's sign-in servers, in the place of the network; msal itself is the real one."""

    answer: dict[str, object] = field(default_factory=lambda: {"access_token": "jeton"})
    asked: list[tuple[str, dict[str, str], object]] = field(default_factory=list)

    def send(self, adapter, request, **options):
        """A request's answer: where tokens are given, then a token."""
        given = dict(parse_qsl(request.body or ""))
        self.asked.append((request.url, given, options["timeout"]))
        home = request.url.partition("/v2.0/")[0].partition("/oauth2/")[0]
        places = {name: f"{home}/oauth2/v2.0/{name}" for name in ("authorize", "token")}
        body = {
            "authorization_endpoint": places["authorize"],
            "token_endpoint": places["token"],
            "issuer": f"{home}/v2.0",
            "metadata": [],
        }
        answered = requests.Response()
        answered.status_code = 401 if given and "error" in self.answer else 200
        answered.url, answered.request = request.url, request
        answered._content = json.dumps(
            self.answer | {"expires_in": 3600} if given else body
        ).encode()
        return answered


@pytest.fixture
def sign_in(monkeypatch) -> SignIn:
    made = SignIn()
    monkeypatch.setattr(
        "requests.adapters.HTTPAdapter.send", lambda *given, **options: made.send(*given, **options)
    )
    return made


@pytest.mark.parametrize("way", ["secret", "certificate"])
@pytest.mark.parametrize("app_type", ["single", "multi"])
def test_the_bots_own_token(tmp_path, sign_in, way, app_type):
    options = replace(GOOD, app_type=app_type)
    if way == "certificate":
        options = replace(options, secret="", certificate=certificate(tmp_path))
    tokens = Tokens(options.checked())
    assert [tokens.token() for _ in range(3)] == ["jeton"] * 3
    (_, _, first), (url, sent, second) = sign_in.asked  # asked once, kept
    assert first and second, "with a timeout"
    realm = TENANT if app_type == "single" else "botframework.com"
    assert url == f"https://login.microsoftonline.com/{realm}/oauth2/v2.0/token"
    assert sent["client_id"] == APP and sent["grant_type"] == "client_credentials"
    assert sent["scope"] == "https://api.botframework.com/.default"
    if way == "secret":
        assert sent["client_secret"] == "s" and "client_assertion" not in sent
    else:
        assert "client_secret" not in sent
        claims = pyjwt.decode(
            sent["client_assertion"], KEY.public_key(), algorithms=["RS256", "PS256"], audience=url
        )
        assert claims["iss"] == claims["sub"] == APP
        header = pyjwt.get_unverified_header(sent["client_assertion"])
        assert header["x5c"] and {"x5t", "x5t#S256"} & header.keys()


def certificate(folder):
    """A PEM file with a private key and its certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "catalogue")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(KEY, hashes.SHA256())
    )
    key = KEY.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "teams.pem"
    path.write_bytes(key + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_refused_credentials_and_a_wrong_file(tmp_path, sign_in):
    sign_in.answer = {"error": "invalid_client", "error_description": "secret s of tenant t"}
    with pytest.raises(PermissionError) as caught:
        Tokens(GOOD).token()
    assert str(caught.value) == "invalid_client"
    path = tmp_path / "teams.pem"
    path.write_text("rien")
    with pytest.raises(Problem):
        Tokens(replace(GOOD, secret="", certificate=path)).token()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    archive = zipfile.ZipFile(BytesIO(package(APP, "https://www.organisme.example/", "Organisme")))
    return {name: archive.read(name) for name in archive.namelist()}


def test_the_manifest_is_valid_by_microsofts_schema(files):
    schema = json.loads((HERE / "teams-manifest-1.28.schema.json").read_text(encoding="utf8"))
    made = json.loads(files["manifest.json"])
    faults = [error.message for error in jsonschema.Draft4Validator(schema).iter_errors(made)]
    assert faults == []
    assert made["manifestVersion"] == "1.28" and "/v1.28/" in made["$schema"]


def test_the_manifest_says_what_the_code_does(files):
    from bot.channels.teams_extension import ASK, QUESTION, SEARCH

    made = json.loads(files["manifest.json"])
    (bot,), (extension,) = made["bots"], made["composeExtensions"]
    assert bot["botId"] == extension["botId"] == APP
    assert set(bot["scopes"]) == {"personal", "team", "groupChat"}
    assert [command["id"] for command in extension["commands"]] == [SEARCH, ASK]
    for command in extension["commands"]:
        assert [parameter["name"] for parameter in command["parameters"]] == [QUESTION]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_of_the_manifest_is_more_than_a_question(app, knowledge, name, lang):
    words = say(f"teams.command.{name}", lang)
    assert app.router.reply(incoming(words, lang=lang)).parts
    assert knowledge.asked == []


def test_the_english_words_belong_to_the_manifest(files):
    made, words = json.loads(files["manifest.json"]), json.loads(files["en.json"])
    for key in words:
        if key.startswith("$"):
            continue
        node = made
        for step in key.replace("]", "").replace("[", ".").split("."):
            node = node[int(step)] if step.isdecimal() else node[step]
        assert isinstance(node, str) and node


def test_the_package_is_the_same_each_time_and_its_own_for_each_bot(files):
    again = package(APP, "https://www.organisme.example/", "Organisme")
    assert again == package(APP, "https://www.organisme.example/", "Organisme")
    other = manifest(TENANT, "https://www.organisme.example/", "Organisme")
    assert other["id"] != json.loads(files["manifest.json"])["id"]
    for site in ("http://organisme.example", "organisme.example", "javascript:x", ""):
        with pytest.raises(Problem):
            package(APP, site, "Organisme")


def test_the_pictures_are_as_teams_wants_them(files):
    folder = ROOT / "deploy" / "teams"
    for name, made, side in (("color", color_icon(), 192), ("outline", outline_icon(), 32)):
        assert files[f"{name}.png"] == made == (folder / f"{name}.png").read_bytes()
        assert made[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(made[16:20]) == int.from_bytes(made[20:24]) == side


def test_the_example_is_what_the_command_writes():
    example = json.loads((ROOT / "deploy/teams/manifest.example.json").read_text("utf8"))
    site = "https://www.organisme.example/"
    assert example == manifest("00000000-0000-0000-0000-000000000000", site, "Organisme")


def test_nothing_of_teams_is_loaded_where_it_is_not_configured():
    code = (
        "import sys; import bot.beside, bot.bootstrap, bot.commands.serve, bot.commands.teams;"
        "from bot.channels import web;"
        "print([m for m in sys.modules if m.startswith(('botbuilder', 'botframework', 'msal'))])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert ran.stdout.strip() == "[]", ran.stderr
