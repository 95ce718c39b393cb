"""Run as a process of its own: a picture from standard input, decoded and drawn anew, as JPEG to standard output.

Nothing of the file survives but what one sees: no place, no camera, no comment. A bomb kills only this process.
"""

from __future__ import annotations

import io
import resource
import sys

from PIL import Image, ImageOps, UnidentifiedImageError

LONGEST_SIDE = 2048
MOST_PIXELS = 64_000_000
"""A phone's largest photo has about 50 million."""
MEMORY = 1_500 * 1024 * 1024
SECONDS = 20
FORMATS = ("JPEG", "PNG", "WEBP")


def reencode(content: bytes) -> bytes:
    """The picture as a JPEG, upright, at most 2048 pixels a side. Raises ValueError where it is none."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as original:
            if original.width * original.height > MOST_PIXELS:
                raise ValueError("too many pixels")
            original.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(original).convert("RGB")
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise ValueError("no picture that can be read") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new("RGB", upright.size)  # a plain save would keep the original's comment
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def main() -> int:
    """Exit code 0 with the picture, 3 where it is none."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        picture = reencode(sys.stdin.buffer.read())
    except (ValueError, MemoryError):
        return 3
    sys.stdout.buffer.write(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
