#!/usr/bin/python3
"""Makes the two embedded fonts from Debian's fonts-inter (needs the packages fonts-inter and fonttools).

Beyond cutting the character set it changes two things:
- digits are tabular by default, so that live numbers do not jitter and columns of them line up;
- Inter's kerning is also written as a legacy `kern` table, which ab_glyph reads (it knows no GPOS).
"""

from itertools import product

from fontTools import subset
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._k_e_r_n import KernTable_format_0

SOURCE = "/usr/share/fonts/opentype/inter"
CHARACTERS = (
    [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028), 0x202F, 0x2030, 0x2039, 0x203A, 0x20AC]
    + [ord(c) for c in "←→↑↓↔↩↪×÷±−≈≤≥≠Σ∑Δ∂√∞•αβγδεησμλπθ■□▲△▼▽▶◀●○◆◇★☆☀⚠↺↻✓✗⁰¹⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄⌘⇧⇥⏎⌫␣"]
)
KERNED = [ord(c) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzáéíóúüñÁÉÍÓÚÑ.,:;-–—/()'’\"”¿?¡!"]


def tabular_digits(font):
    """Lets each digit's code point name its tabular glyph."""
    gsub = font["GSUB"].table
    record = next(r for r in gsub.FeatureList.FeatureRecord if r.FeatureTag == "tnum")
    mapping = gsub.LookupList.Lookup[record.Feature.LookupListIndex[0]].SubTable[0].mapping
    for table in font["cmap"].tables:
        for digit in range(0x30, 0x3A):
            if (proportional := table.cmap.get(digit)) in mapping:
                table.cmap[digit] = mapping[proportional]


def kerning(subtables, first, second):
    """The horizontal kerning that GPOS gives one pair of glyphs, in font units."""
    for pairs in subtables:
        if first not in pairs.Coverage.glyphs:
            continue
        if pairs.Format == 1:
            glyphs = pairs.PairSet[pairs.Coverage.glyphs.index(first)].PairValueRecord
            value = next((p.Value1 for p in glyphs if p.SecondGlyph == second), None)
            if value is None:
                continue
        else:
            left = pairs.ClassDef1.classDefs.get(first, 0)
            right = pairs.ClassDef2.classDefs.get(second, 0)
            value = pairs.Class1Record[left].Class2Record[right].Value1
        return getattr(value, "XAdvance", 0)
    return 0


def legacy_kerning(font):
    gpos = font["GPOS"].table
    record = next(r for r in gpos.FeatureList.FeatureRecord if r.FeatureTag == "kern")
    subtables = gpos.LookupList.Lookup[record.Feature.LookupListIndex[0]].SubTable
    names = [font.getBestCmap()[c] for c in KERNED]
    table = KernTable_format_0()
    table.coverage, table.tupleIndex, table.kernTable = 1, None, {}
    for pair in product(names, names):
        if abs(value := kerning(subtables, *pair)) >= font["head"].unitsPerEm // 100:
            table.kernTable[pair] = value
    font["kern"] = newTable("kern")
    font["kern"].version, font["kern"].kernTables = 0, [table]


for style in ["Regular", "SemiBold"]:
    font = TTFont(f"{SOURCE}/Inter-{style}.otf", recalcTimestamp=False)
    missing = [chr(c) for c in CHARACTERS if c not in font.getBestCmap()]
    tabular_digits(font)
    options = subset.Options(layout_features=["kern", "mark", "ccmp"], hinting=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 7, 13, 14])
    options.recalc_timestamp = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    legacy_kerning(font)
    font.save(f"Inter-{style}.otf")
    print(f"Inter-{style}.otf: {len(font['kern'].kernTables[0].kernTable)} kerning pairs, not in Inter: {' '.join(missing)}")
