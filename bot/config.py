"""Every setting in one table: name, default, help. Where values come from: config_reading.py."""

# ruff: noqa: RUF009 (setting() gives an entry of the table, not a value)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_type_hints

from handlers.access import AudienceOf

PREFIX = "CATALOGUE_"
FILE_NAME = "catalogue-bot.toml"
CODE = Path(__file__).resolve().parent.parent
SHIPPED = CODE / "knowledge" / "corpus"
# CATALOGUE_VENV belongs to the scripts that prepare the environment, before Python runs.
SCRIPT_VARIABLES = frozenset({"CATALOGUE_VENV"})


def setting(default: object, fr: str, en: str, *, secret: bool = False) -> Any:
    """An entry of the table below."""
    return field(default=default, repr=not secret, metadata={"fr": fr, "en": en, "secret": secret})


@dataclass(frozen=True)
class Settings:
    """The settings in force. A relative path is relative to where it was given: the command
    line's and the environment's to the current folder, the file's to the file, a default's to
    `home`."""

    home: Path = setting(
        Path(),
        "Dossier de travail; par défaut celui du projet. Ne se règle pas dans le fichier.",
        "Working folder; the project's by default. Can't be set in the file.",
    )
    config_file: Path = setting(
        Path(FILE_NAME),
        "Fichier de réglages (TOML). Ne se règle pas dans le fichier.",
        "Settings file (TOML). Can't be set in the file.",
    )
    index: Path = setting(
        Path("var/index"),
        "Dossier de l’index de recherche.",
        "Folder of the search index.",
    )
    documents: Path = setting(
        Path("documents"),
        "Dossier des documents de l’exploitant, indexés avec le corpus livré.",
        "Folder of the operator's documents, indexed with the shipped corpus.",
    )
    database: Path = setting(
        Path("var/catalogue.sqlite"),
        "Base SQLite des questions posées et des avis.",
        "SQLite database of the questions asked and of feedback.",
    )
    lexicon: Path = setting(
        SHIPPED / "lexique.yaml",
        "Lexique des synonymes et des abréviations (YAML).",
        "Lexicon of synonyms and abbreviations (YAML).",
    )
    model: str = setting(
        "",
        "Modèle sentence-transformers, par chemin ou par nom; vide : le modèle livré.",
        "sentence-transformers model, by path or name; empty: the shipped one.",
    )
    query_prompt: str = setting(
        "",
        "Texte que le modèle veut devant une question (« query: » par exemple).",
        "Text the model wants before a question (“query: ” for instance).",
    )
    passage_prompt: str = setting(
        "",
        "Texte que le modèle veut devant un passage (« passage: » par exemple).",
        "Text the model wants before a passage (“passage: ” for instance).",
    )
    top: int = setting(
        3,
        "Nombre de citations d’une réponse, au plus.",
        "Citations in an answer, at most.",
    )
    language: Literal["fr", "en"] = setting(
        "fr",
        "Langue de départ de l’assistant : fr ou en.",
        "The assistant's starting language: fr or en.",
    )
    audience_console: AudienceOf = setting(
        "client",
        "Ce que peut lire qui utilise la ligne de commande : outsider, client ou broker.",
        "What a user of the command line may read: outsider, client or broker.",
    )
    audience_web: AudienceOf = setting(
        "client",
        "Ce que peut lire qui utilise la page Web : outsider, client ou broker.",
        "What a user of the web page may read: outsider, client or broker.",
    )
    host: str = setting(
        "127.0.0.1",
        "Adresse d’écoute de la page Web; toute autre que la machine même exige un jeton.",
        "Address the web page listens on; any but this machine's own needs a token.",
    )
    port: int = setting(
        8080,
        "Port de la page Web (de 0 à 65535; 0 : un port libre).",
        "Port of the web page (0 to 65535; 0: a free port).",
    )
    token: str = setting(
        "",
        "Jeton d’accès à la page Web.",
        "Access token of the web page.",
        secret=True,
    )
    record_questions: bool = setting(
        True,
        "Conserver les questions, les passages cités et les avis : true ou false.",
        "Keep the questions, the passages cited and feedback: true or false.",
    )
    retention_days: int = setting(
        90,
        "Nombre de jours de conservation de ce qui est enregistré.",
        "How many days what is recorded is kept.",
    )
    people: Path = setting(
        Path("people.yaml"),
        "Fichier des organisations et des personnes (YAML); peut ne pas exister.",
        "File of organisations and persons (YAML); may not exist.",
    )
    organisation_local: str = setting(
        "Mon organisme",
        "Organisation de qui essaie l’assistant sans fichier des personnes.",
        "Organisation of whoever tries the assistant without a file of people.",
    )
    teams_app_id: str = setting(
        "",
        "Teams : identifiant de l’inscription du robot; vide : Teams n’est pas servi.",
        "Teams: identifier of the bot's registration; empty: Teams is not served.",
    )
    teams_app_secret: str = setting(
        "",
        "Teams : secret client de l’inscription (ou teams_certificate).",
        "Teams: client secret of the registration (or teams_certificate).",
        secret=True,
    )
    teams_certificate: str = setting(
        "",
        "Teams : fichier PEM de la clé privée et du certificat, relatif à home.",
        "Teams: PEM file of the private key and the certificate, relative to home.",
    )
    teams_app_type: Literal["single", "multi"] = setting(
        "single",
        "Teams : inscription pour un seul locataire ou pour plusieurs : single ou multi.",
        "Teams: registration for one tenant or for several: single or multi.",
    )
    teams_tenants: str = setting(
        "",
        "Teams : identifiants des locataires admis, séparés par des virgules; celui de"
        " l’inscription d’abord.",
        "Teams: identifiers of the tenants admitted, comma-separated; the registration's first.",
    )
    teams_host: str = setting(
        "127.0.0.1",
        "Teams : adresse d’écoute, derrière un serveur mandataire qui parle HTTPS.",
        "Teams: address to listen on, behind a proxy that speaks HTTPS.",
    )
    teams_port: int = setting(
        3978,
        "Teams : port (de 0 à 65535; 0 : un port libre).",
        "Teams: port (0 to 65535; 0: a free port).",
    )
    teams_anonymous: bool = setting(
        False,
        "Teams : essais sur la machine même, sans vérifier de jeton : true ou false.",
        "Teams: trials on this machine itself, without checking tokens: true or false.",
    )
    slack_bot_token: str = setting(
        "",
        "Slack : jeton du robot (xoxb-…) pour un seul espace de travail.",
        "Slack: the bot’s token (xoxb-…) for a single workspace.",
        secret=True,
    )
    slack_app_token: str = setting(
        "",
        "Slack : jeton d’application (xapp-…); s’il est donné, Socket Mode est employé.",
        "Slack: app token (xapp-…); where it is given, Socket Mode is used.",
        secret=True,
    )
    slack_signing_secret: str = setting(
        "",
        "Slack : secret de signature, pour recevoir les événements par HTTP.",
        "Slack: signing secret, to receive events by HTTP.",
        secret=True,
    )
    slack_client_id: str = setting(
        "",
        "Slack : identifiant client, pour l’installation par OAuth en plusieurs espaces.",
        "Slack: client ID, for installation by OAuth in several workspaces.",
    )
    slack_client_secret: str = setting(
        "",
        "Slack : secret client, pour l’installation par OAuth.",
        "Slack: client secret, for installation by OAuth.",
        secret=True,
    )
    slack_teams: str = setting(
        "",
        "Slack : identifiants des espaces de travail permis (T…), séparés par des virgules.",
        "Slack: IDs of the allowed workspaces (T…), separated by commas.",
    )
    slack_trusted_team: str = setting(
        "",
        "Slack : espace de travail (T…) qui n’a ni personnes invitées ni canaux partagés.",
        "Slack: workspace (T…) that has neither guests nor shared channels.",
    )
    slack_api_url: str = setting(
        "https://slack.com/api/",
        "Slack : adresse de l’API Web, à changer pour un émulateur.",
        "Slack: address of the Web API, to be changed for an emulator.",
    )
    slack_host: str = setting(
        "127.0.0.1",
        "Slack : adresse d’écoute des événements par HTTP.",
        "Slack: address to listen on for events by HTTP.",
    )
    slack_port: int = setting(
        3000,
        "Slack : port d’écoute des événements par HTTP (0 : un port libre).",
        "Slack: port to listen on for events by HTTP (0: a free port).",
    )
    broker_channel: str = setting(
        "",
        "Canal du Courtier où vont les questions transmises, par exemple slack:T0123:C0456.",
        "The Broker’s channel, where questions sent on go, for instance slack:T0123:C0456.",
    )
    secure_cookies: Literal["auto", "always"] = setting(
        "auto",
        "Témoins de la page Web par HTTPS seulement : auto (selon la connexion) ou always.",
        "Cookies of the web page over HTTPS alone: auto (by the connection) or always.",
    )
    dialogs: Path = setting(
        CODE / "knowledge" / "dialogs",
        "Dossier des dialogues guidés (YAML).",
        "Folder of the guided dialogs (YAML).",
    )
    attachments: Path = setting(
        Path("annonces"),
        "Dossier des fichiers que les annonces peuvent joindre.",
        "Folder of the files that announcements may carry.",
    )
    announcement_approval: bool = setting(
        False,
        "Une deuxième personne du Courtier approuve chaque annonce : true ou false.",
        "A second adviser of the Broker approves each announcement: true or false.",
    )
    channel_subscriptions: Literal["client", "broker"] = setting(
        "client",
        "Qui peut abonner un canal : client (toute la clientèle) ou broker (le Courtier).",
        "Who may subscribe a channel: client (all clients) or broker (the Broker).",
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "warning",
        "Détail du journal : debug, info, warning ou error; debug peut montrer des questions.",
        "Detail of the log: debug, info, warning or error; debug may show questions.",
    )
    # Where each value came from: « --port », « CATALOGUE_PORT », the file's path, « default ».
    origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


TABLE: Mapping[str, Field[Any]] = {f.name: f for f in fields(Settings) if f.metadata}
TYPES: Mapping[str, Any] = {k: v for k, v in get_type_hints(Settings).items() if k in TABLE}
RANGES = {
    "slack_port": (0, 65535),
    "port": (0, 65535),
    "teams_port": (0, 65535),
    "top": (1, 20),
    "retention_days": (1, 3650),
}
NOT_IN_FILE = ("home", "config_file")


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def shown_value(settings: Settings, name: str) -> str:
    """A setting's value for people: secrets masked, true and false as in the file."""
    value = getattr(settings, name)
    if TABLE[name].metadata["secret"]:
        return "•••" if value else ""
    return str(value).lower() if isinstance(value, bool) else str(value)
