"""Boundaries of neighbourhoods from a GeoJSON file, so that a spot is in the right one to the metre.

The file is a FeatureCollection in degrees (WGS 84), as CBS and PDOK hand it out. A feature belongs to a neighbourhood
when one of its properties is that neighbourhood's code, whatever the property is called; several may together make up
one, as buurten make up a wijk. Features of other places are passed over, so the file may hold the whole country.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

LEAST, MOST = (3.3, 50.7), (7.3, 53.6)
"""The Netherlands in degrees, longitude first, as GeoJSON has it."""


class BoundaryError(ValueError):
    """A file of boundaries that cannot be used; its text names the place in the file."""


class Boundaries:
    """Which neighbourhood a spot lies in, by the outlines that were read at start."""

    def __init__(self, outlines: list[tuple[str, Any]]) -> None:
        from shapely import STRtree  # only where an area has boundaries: it takes a moment to load

        self._codes = [code for code, _shape in outlines]
        self._tree = STRtree([shape for _code, shape in outlines])

    def at(self, latitude: float, longitude: float) -> str | None:
        """The code of the neighbourhood that the spot (degrees, WGS 84) lies in; None outside all of them."""
        from shapely import Point

        inside = self._tree.query(Point(longitude, latitude), predicate="intersects")
        return self._codes[min(inside)] if len(inside) else None


def read_boundaries(path: Path, codes: Collection[str]) -> Boundaries:
    """The boundaries of the neighbourhoods with these codes. Raises `BoundaryError`, one line."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise BoundaryError(f"cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise BoundaryError("is not JSON") from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise BoundaryError("must be a GeoJSON FeatureCollection")
    outlines = []
    for number, feature in enumerate(features, 1):
        if (code := _code_of(feature, codes)) is not None:
            outlines.append((code, _outline(feature, f"features.{number}")))
    for code in codes:
        if all(code != found for found, _shape in outlines):
            raise BoundaryError(f"holds no boundary of {code}")
    return Boundaries(outlines)


def _code_of(feature: Any, codes: Collection[str]) -> str | None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    values = properties.values() if isinstance(properties, dict) else ()
    return next((value for value in values if isinstance(value, str) and value in codes), None)


def _outline(feature: dict[str, Any], place: str) -> Any:
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise BoundaryError(f"{place}.geometry: must be a Polygon or a MultiPolygon")
    try:
        outline = shape(geometry)
    except (ShapelyError, KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise BoundaryError(f"{place}.geometry: has coordinates that make no outline") from None
    if outline.is_empty or not outline.is_valid:
        raise BoundaryError(f"{place}.geometry: has coordinates that make no outline")
    west, south, east, north = outline.bounds
    if not (LEAST[0] <= west and LEAST[1] <= south and east <= MOST[0] and north <= MOST[1]):
        raise BoundaryError(f"{place}.geometry: must be in degrees (WGS 84), longitude first, in the Netherlands")
    return outline
