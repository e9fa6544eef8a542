"""Which addresses are Microsoft's: nothing is sent anywhere else, a token least of all."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.channels.web_options import is_loopback

# trafficmanager.net belongs to every customer of Azure: only this very name is Microsoft's own.
CONNECTORS = frozenset({"smba.trafficmanager.net"})
CONNECTOR_DOMAINS = (".teams.microsoft.com", ".botframework.com")
UPLOAD_DOMAINS = (".sharepoint.com", ".onedrive.com", ".1drv.com", ".sharepoint-df.com")


def is_connector(url: str, *, anonymous: bool = False) -> bool:
    """Whether a service URL may be written to. In anonymous mode: this machine alone."""
    host = plain_host(url, "http" if anonymous else "https", any_port=anonymous)
    if host is None:
        return False
    if anonymous:
        return is_loopback(host)
    return host in CONNECTORS or host.endswith(CONNECTOR_DOMAINS)


def is_upload(url: str, *, anonymous: bool = False) -> bool:
    """Whether a file may be put there: the person's OneDrive, through SharePoint."""
    if anonymous:
        return is_connector(url, anonymous=True)
    host = plain_host(url, "https")
    return host is not None and host.endswith(UPLOAD_DOMAINS)


def plain_host(url: str, scheme: str, *, any_port: bool = False) -> str | None:
    """The host in lower case; None for another scheme, for user names and unusual ports."""
    if any(char.isspace() or char == "\\" or ord(char) < 33 for char in url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme != scheme or not host or parts.username is not None:
        return None
    if not any_port and port not in (None, 443):
        return None
    return host.rstrip(".")
