"""The picture that stands for a page where somebody shares its address: a PNG of 1200 by 630."""

from functools import lru_cache
from io import BytesIO
from textwrap import wrap

from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)
MARGIN = 90
WIDTH = SIZE[0] - 2 * MARGIN
# For the title, between the line above it and the clinic's name.
HEIGHT = 352
# From static/css/tokens.css, light.
DEEP, ON_DEEP, ON_DEEP_SOFT, WARM_BRIGHT = "#12332a", "#f5efe2", "#c9d6c9", "#e0a63c"


@lru_cache(maxsize=128)
def draw_card(title: str, clinic_name: str) -> bytes:
    """Return the card. The title is as large as fits; one too long for any size is cut."""
    image = Image.new("RGB", SIZE, DEEP)
    draw = ImageDraw.Draw(image)
    draw.line((MARGIN, 110, MARGIN + 120, 110), fill=ON_DEEP_SOFT, width=4)
    draw.circle((MARGIN + 120, 110), 14, fill=WARM_BRIGHT)
    size, text = _fit(title)
    draw.multiline_text((MARGIN, 160), text, ON_DEEP, ImageFont.load_default(size), spacing=16)
    name = _one_line(clinic_name, 60)
    draw.text((MARGIN, SIZE[1] - 64), name, ON_DEEP_SOFT, ImageFont.load_default(34), anchor="ls")
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _fit(title: str) -> tuple[int, str]:
    """Return the size of the letters and the title in lines."""
    text = _one_line(title, 160)
    for size in (88, 76, 64, 52):
        font = ImageFont.load_default(size)
        # A letter is about half as wide as high.
        lines = wrap(text, 2 * WIDTH // size)
        rows = int(HEIGHT // (1.35 * size))
        if len(lines) <= rows and all(font.getlength(line) <= WIDTH for line in lines):
            break
    return size, "\n".join(lines[:rows])


def _one_line(text: str, length: int) -> str:
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:length]
