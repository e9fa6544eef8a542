"""What a document is: from its front matter, or else from its file name and content."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePosixPath
from typing import get_args

from indexer.cleaning import fold
from indexer.outline import FAQ
from indexer.structure import Draft, plain
from knowledge.passages import Audience, Document, Kind
from knowledge.phrases import Problem

FIELDS = (
    *("kind", "id", "title", "supplier", "version", "audience", "official"),
    *("label", "label_en", "lang"),
)
_ALLOWED: dict[str, tuple[str, ...]] = {
    "kind": get_args(Kind),
    "audience": get_args(Audience),
    "lang": ("fr", "en"),
}
_DATE = re.compile(r"(?<!\d)(\d{4})[-_.](\d{2})[-_.](\d{2})(?!\d)")
_SHEET = re.compile(r"^fiche[-_ ]+(?:du[-_ ]+fournisseur[-_ ]+)?(?P<supplier>.+)$", re.I)
_GUIDE = re.compile(r"\bguide (de l utilisateur|d utilisation|d achat)\b")
_SUPPLIER_SHEET = re.compile(r"\bfiche (du|de) fournisseur\b")


def slug(text: str) -> str:
    """« Fiche_Nuage Boréal » → « fiche-nuage-boreal »."""
    return fold(text).replace(" ", "-")


def named(source: str) -> str:
    """The identity that a file's name gives: its words without the date."""
    return slug(_parted(source)[0]) or "document"


def _parted(source: str) -> tuple[str, re.Match[str] | None]:
    """A file's name without folders, ending and date, and where the date stands."""
    stem = PurePosixPath(source).stem
    dated = _DATE.search(stem)
    name = (stem[: dated.start()] + stem[dated.end() :]) if dated else stem
    return re.sub(r"[-_ ]+$", "", name), dated


def describe(draft: Draft, source: str, digest: str) -> Document:
    """The Document of a read file; raises Problem for wrong front matter."""
    front = checked(draft.front, source)
    guess = guessed(draft, source)
    fields = {**guess, **{key: value for key, value in front.items() if value is not None}}
    return Document.model_validate({**fields, "source": source, "digest": digest})


def checked(front: dict[str, object], source: str) -> dict[str, object]:
    """The front matter, its fields known and its values of the right kind. Raises Problem."""
    for field, value in front.items():
        if field not in FIELDS:
            raise Problem("front_field", file=source, field=field, allowed=", ".join(FIELDS))
        if value is None:
            continue
        allowed = _ALLOWED.get(field)
        wrong = ""
        if allowed and value not in allowed:
            wrong = ", ".join(allowed)
        elif field == "official" and not isinstance(value, bool):
            wrong = "true, false"
        elif field == "version" and not _as_date(value):
            wrong = "AAAA-MM-JJ"
        elif field == "id" and not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", str(value)):
            wrong = "a-z, 0-9, -"
        elif field in ("title", "supplier", "label", "label_en") and not isinstance(value, str):
            wrong = "texte"
        if wrong:
            raise Problem("front_value", file=source, field=field, value=value, allowed=wrong)
    if "version" in front and front["version"] is not None:
        front = {**front, "version": _as_date(front["version"])}
    return front


def guessed(draft: Draft, source: str) -> dict[str, object]:
    """kind, id, title, supplier and version as the file's name and content tell them."""
    name, dated = _parted(source)
    sheet = _SHEET.match(name)
    opening = fold(f"{draft.title}\n{plain(draft.blocks[:40])}"[:3000])
    title = draft.title or next((b.text for b in draft.blocks if b.kind == "heading"), "")
    fields: dict[str, object] = {"version": _date_of(dated) if dated else version_in(draft)}
    if sheet and (dated or "fournisseur" in opening):
        supplier = re.sub(r"[_\s]+", " ", sheet["supplier"]).strip(" -")
        fields |= {"kind": "fiche", "supplier": supplier}
        title = title or f"Fiche du fournisseur – {supplier}"
    elif FAQ.search(fold(name)) or FAQ.search(fold(draft.title)):
        fields["kind"] = "faq"
    elif "guide" in fold(name).split() or _GUIDE.search(opening[:400]):
        fields["kind"] = "guide"
    elif _SUPPLIER_SHEET.search(opening[:400]):
        fields["kind"] = "fiche"
    else:
        fields["kind"] = "autre"
    return {**fields, "id": named(source), "title": title or _words(name)}


def _words(name: str) -> str:
    """A file's name as a title: « conge_parental-2 » → « Conge parental 2 »."""
    words = re.sub(r"[-_\s]+", " ", name).strip()
    return words[:1].upper() + words[1:] if words else name


def version_in(draft: Draft) -> date | None:
    """The latest date of the document's history of changes, else one beside its title."""
    inside = False
    found: list[date] = []
    for block in draft.blocks:
        if block.kind == "heading":
            inside = "historique" in fold(block.text)
        elif inside:
            found += _dates(plain([block]))
    return max(found, default=next(iter(_dates(draft.title)), None))


def _dates(text: str) -> list[date]:
    return [day for match in _DATE.finditer(text) if (day := _date_of(match))]


def _date_of(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _as_date(value: object) -> date | None:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    match = _DATE.fullmatch(str(value))
    return _date_of(match) if match else None
