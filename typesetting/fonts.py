"""The fonts of every document: those of the packages, and those that the company adds for rare names.

A process loads them once. A character is taken from the first font of the chain that has it; what none has is named by
its number instead (`typesetting/printable.py`), so no page shows an empty box.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import noto_cjk_sans_otc
import pylopdf_fonts_zh_cn
import typst
from fontTools.ttLib import TTFont

SERIF = "Noto Serif SC"
SANS = "Noto Sans SC"
WIDEST = "Noto Sans CJK SC"
"""Has some thousand rare characters that the other two lack."""
_FOLDERS = (pylopdf_fonts_zh_cn.serif_path().parent, Path(noto_cjk_sans_otc.__file__).parent)
EMBEDDED = {
    "Libertinus Serif": ((0x0100, 0x017F), (0x01CD, 0x01DC), (0x1E00, 0x1E3D), (0x1EA0, 0x1EF9), (0x038E, 0x03A1),
                         (0x03A3, 0x03CE), (0x0400, 0x045F)),
    "DejaVu Sans Mono": ((0x20A6, 0x20A6), (0x20B4, 0x20B5), (0x20B8, 0x20BA), (0x20BD, 0x20BD), (0x2308, 0x230B),
                         (0x2610, 0x2612), (0x2713, 0x2718)),
}  # fmt: skip
"""Fonts that the compiler brings along, for Latin, Greek and Cyrillic names and for signs. It does not show their
files: what they are asked for stands here, and a test has every character of it printed."""


@dataclass(frozen=True)
class FontSet:
    loaded: typst.Fonts
    serif: tuple[str, ...]
    """Families of running text, in the order in which they are asked for a character."""
    sans: tuple[str, ...]
    """Of headings; the same families, so that whatever a text can say a heading can."""
    covered: tuple[frozenset[int], ...]
    """The characters of each font, in the order of `serif`."""


@cache
def font_set(company_folder: Path | None = None) -> FontSet:
    """The fonts of the packages and of the company's folder. Raises ValueError if that folder holds no font."""
    own = _families(company_folder) if company_folder else ()
    folders = [str(folder) for folder in (*_FOLDERS, *((company_folder,) if company_folder else ()))]
    loaded = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
    with_files = (SERIF, WIDEST, *own, SANS)
    in_files = tuple(_characters(loaded, family) for family in with_files)
    embedded = tuple(
        frozenset(code for first, last in ranges for code in range(first, last + 1)) for ranges in EMBEDDED.values()
    )
    return FontSet(
        loaded=loaded,
        serif=(*with_files, *EMBEDDED),
        sans=(SANS, WIDEST, *own, SERIF, *EMBEDDED),
        covered=in_files + embedded,
    )


def _families(folder: Path) -> tuple[str, ...]:
    alone = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
    if not alone.families():
        raise ValueError(f"there is no font in {folder}: put .otf, .ttf or .ttc files there, or unset WANBI_FONTS")
    return tuple(sorted(alone.families()))


def _characters(loaded: typst.Fonts, family: str) -> frozenset[int]:
    font = next(font for font in loaded.fonts() if font.family == family)
    with TTFont(font.path, fontNumber=font.index, lazy=True) as opened:
        return frozenset(opened.getBestCmap())
