"""Writes somebody's own data as one zip: a page for people, JSON for machines, their photos. In the child process."""

from __future__ import annotations

import base64
import html
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

LARGEST = 45_000_000
"""Bytes of a zip's photos and their small copies: Telegram takes documents of 50 MB from a bot."""
SMALL = 800
"""Pixels a side of the copy on the page."""
STYLE = """
body{font:18px/1.5 system-ui,sans-serif;max-width:42rem;margin:1.5rem auto;padding:0 1rem;color:#111;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.3rem;margin-top:2rem}
article{border:1px solid #bbb;border-radius:.5rem;padding:.5rem 1rem;margin:1rem 0}
dl{margin:0}dt{font-weight:bold;margin-top:.5rem}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
img{max-width:100%;height:auto;margin:.5rem 0;display:block}
"""


def write(asked: Mapping[str, Any], target: Path) -> None:
    """Write the zip. `asked`: `page` (as `my_data.sections` gives it), `kept` (as `own_data.kept_of`), `folder`.

    Photos are put in from the newest back, as far as they fit; of each that is not in, `kept` says why.
    """
    kept, page = asked["kept"], asked["page"]
    small: dict[str, list[bytes]] = {}
    room = LARGEST
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for photo in reversed(kept.get("photos", [])):
            path = Path(asked["folder"]) / photo["file"] if photo["file"] else None
            if path is None or not path.is_file():
                photo.update(file=None, left_out="not downloaded yet")
                continue
            copy = _small(path)
            room -= path.stat().st_size + len(copy) * 4 // 3
            if room < 0:
                photo.update(file=None, left_out="the file would be too large")
                continue
            photo["file"] = f"photos/{photo['code']}-{path.name}"
            archive.write(path, photo["file"], zipfile.ZIP_STORED)
            small.setdefault(photo["code"], []).insert(0, copy)
        left_out = {photo.get("left_out") for photo in kept.get("photos", [])}
        notes = [page["not_yet"]] if "not downloaded yet" in left_out else []
        notes += [page["too_much"]] if "the file would be too large" in left_out else []
        archive.writestr("buurtpraat.json", json.dumps(kept, ensure_ascii=False, indent=1))
        archive.writestr("buurtpraat.html", "".join(_html(page, small, notes)))


def _html(page: Mapping[str, Any], small: Mapping[str, list[bytes]], notes: list[str]) -> Iterator[str]:
    """The page piece by piece: it stands alone, loads nothing and runs nothing."""
    said = html.escape
    yield f'<!doctype html><html lang="{said(page["language"])}" dir="{said(page["direction"])}"><head>'
    yield '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    yield """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; """
    yield f"""style-src 'unsafe-inline'"><title>{said(page["title"])}</title><style>{STYLE}</style></head><body>"""
    yield f"<h1>{said(page['title'])}</h1>"
    for section in page["sections"]:
        yield f"<section><h2>{said(section['title'])}</h2>"
        for card in section["cards"]:
            yield "<article><dl>"
            for label, value in card["lines"]:
                yield f'<dt>{said(label)}</dt><dd dir="auto">{said(value)}</dd>'
            yield "</dl>"
            for picture in small.get(card["photos_of"], []):
                data = base64.b64encode(picture).decode("ascii")
                yield f'<img alt="{said(page["photo"])}" src="data:image/jpeg;base64,{data}">'
            yield "</article>"
        yield "</section>"
    for words in (*notes, *page["below"]):
        yield f"<p>{said(words)}</p>"
    yield "</body></html>"


def _small(path: Path) -> bytes:
    """A small copy of a photo that we drew ourselves."""
    from PIL import Image

    written = io.BytesIO()
    with Image.open(path) as picture:
        picture.thumbnail((SMALL, SMALL))
        picture.convert("RGB").save(written, "JPEG", quality=75)
    return written.getvalue()
