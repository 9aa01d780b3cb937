"""Makes the four fonts beside this file. Usage: python3 build.py INTER_FOLDER PHOSPHOR_SRC_FOLDER (see README.md)."""
import pathlib
import re
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = pathlib.Path(__file__).parent
INTER, PHOSPHOR = map(pathlib.Path, sys.argv[1:3])

# Latin and its extensions, modifiers and marks, Greek, Cyrillic, punctuation, currency, letterlike, arrows,
# mathematics, technical, boxes, shapes, symbols. Other scripts come from the fonts of the system.
TEXT = "20-7E,A0-36F,370-52F,1E00-1FFF,2000-20CF,2100-23FF,2460-24FF,2500-27BF,2900-297F,2B00-2BFF,FB00-FB06,FFFD"

ICONS = """
alien aperture archive arrow-arc-left arrow-arc-right arrow-bend-up-left arrow-bend-up-right arrow-clockwise
arrow-counter-clockwise arrow-down arrow-down-right arrow-elbow-down-right arrow-fat-line-up arrow-fat-up arrow-left
arrow-line-down arrow-line-left arrow-line-right arrow-line-up arrow-right arrow-square-in arrow-square-out arrow-u-up-left
arrow-u-up-right arrow-up arrow-up-right arrows-clockwise arrows-counter-clockwise arrows-down-up arrows-in arrows-in-simple
arrows-left-right arrows-merge arrows-out arrows-out-cardinal arrows-out-simple arrows-split asterisk at bank bell bookmark
bookmark-simple bookmarks books brackets-angle brackets-curly brackets-round brackets-square broadcast broom bug calendar
calendar-blank camera caret-circle-down caret-circle-up caret-double-left caret-double-right caret-down caret-left
caret-right caret-up caret-up-down cards chart-bar chart-line chat-text check check-circle check-fat check-square
checkerboard checks circle circle-dashed circle-half circle-notch clipboard clipboard-text clock clock-clockwise
clock-counter-clockwise clock-countdown cloud cloud-slash code code-simple coin coins columns command compass copy
copy-simple corners-in corners-out cpu credit-card crop crosshair cube currency-dollar cursor database desktop dice-five
dice-four dice-one dice-six dice-three dice-two dots-nine dots-six-vertical dots-three dots-three-circle
dots-three-vertical download download-simple drop drop-half eject envelope equals eraser export eye eye-closed eye-slash
eyedropper eyedropper-sample faders faders-horizontal fast-forward file file-code file-dashed file-image file-jpg file-plus
file-png file-svg file-text file-x files film-strip fingerprint flag flip-horizontal flip-vertical floppy-disk folder
folder-minus folder-open folder-plus folder-simple folders frame-corners function funnel funnel-simple funnel-x gauge gear
gear-fine gear-six ghost gift git-branch git-commit git-diff git-fork git-merge globe globe-simple gradient grid-four
grid-nine hand hand-grabbing hand-palm hard-drive hard-drives hash heart heart-break highlighter hourglass hourglass-high
hourglass-medium house identification-card image image-broken image-square images images-square info key key-return
keyboard lamp lasso layout leaf lifebuoy lightbulb lightning lightning-slash line-segments link link-break link-simple
link-simple-break list list-bullets list-checks list-dashes list-magnifying-glass list-numbers lock lock-key lock-key-open
lock-open lock-simple lock-simple-open magic-wand magnet magnifying-glass magnifying-glass-minus magnifying-glass-plus
map-pin megaphone microphone minus minus-circle minus-square monitor moon mountains music-note network network-slash note
note-pencil notebook notepad number-circle-one package paint-brush paint-brush-broad paint-bucket paint-roller palette
panorama paper-plane-right paperclip path pause pause-circle pen pencil pencil-line pencil-simple pencil-slash percent
person picture-in-picture placeholder play play-circle play-pause plug plugs plugs-connected plus plus-circle plus-minus
plus-square polygon power presentation printer prohibit prohibit-inset pulse push-pin push-pin-simple
push-pin-simple-slash push-pin-slash puzzle-piece question queue quotes radio-button rainbow receipt record rectangle
rectangle-dashed recycle repeat repeat-once resize rewind robot rocket rows ruler scan scissors scribble seal seal-check
seal-warning selection selection-all selection-background selection-foreground selection-inverse selection-plus
selection-slash shapes share share-network shield shield-check shield-slash shield-warning shuffle shuffle-angular sidebar
sidebar-simple sign-in sign-out siren sketch-logo skip-back skip-forward slideshow sliders sliders-horizontal smiley
smiley-sad snowflake sort-ascending sort-descending sparkle speedometer spinner spinner-gap spiral split-horizontal
split-vertical square square-half square-half-bottom square-split-horizontal square-split-vertical squares-four stack
stack-minus stack-plus stack-simple stamp star star-four star-half steps sticker stop stop-circle storefront subtract
subtract-square sun sun-dim swap swatches table tag tag-simple target terminal terminal-window text-aa
text-align-left text-t textbox thermometer thumbs-down thumbs-up ticket timer toggle-left toggle-right toolbox translate
trash trash-simple tray tree-structure trend-down trend-up triangle unite upload upload-simple user user-circle
user-focus users vector-three vector-two vibrate video wall wallet warning warning-circle warning-diamond warning-octagon
waveform webhooks-logo wifi-high wifi-slash wifi-x wind wrench x x-circle x-square yin-yang
""".split()


def code_points(ranges):
    for part in ranges.split(","):
        first, last = (part.split("-") * 2)[:2]
        yield from range(int(first, 16), int(last, 16) + 1)


def save(font, unicodes, features, name):
    options = subset.Options(layout_features=features, hinting=True, name_IDs=[0, 1, 2, 4, 5, 6, 13, 14], notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=unicodes)
    subsetter.subset(font)
    font["head"].modified = font["head"].created  # the same bytes on every run
    font.recalcTimestamp = False
    font.save(HERE / name)
    print(name, (HERE / name).stat().st_size)


def freeze_tabular_figures(font):
    """Figures of equal width for good, so that times and prices never jitter."""
    gsub = font["GSUB"].table
    swap = {}
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for table in gsub.LookupList.Lookup[index].SubTable:
                    swap.update(getattr(table, "ExtSubTable", table).mapping)
    for table in font["cmap"].tables:
        for code, glyph in table.cmap.items():
            if chr(code) in "0123456789":
                table.cmap[code] = swap.get(glyph, glyph)  # tables may share one map
    widths = font["hmtx"].metrics
    widest = max(widths[glyph][0] for glyph in map(font.getBestCmap().get, map(ord, "0123456789")))
    for glyph in map(font.getBestCmap().get, map(ord, "0123456789")):  # SemiBold's 4 is off by a hair
        widths[glyph] = (widest, widths[glyph][1])


for weight in ["Regular", "SemiBold"]:
    inter = TTFont(INTER / f"Inter-{weight}.otf")
    freeze_tabular_figures(inter)
    # No contextual alternates: they would show `->` and `3x4` otherwise than they were typed.
    save(inter, code_points(TEXT), ["kern", "mark", "mkmk", "ccmp", "locl"], f"Inter-{weight}.otf")

for folder, file in [("regular", "Phosphor"), ("fill", "Phosphor-Fill")]:
    css = (PHOSPHOR / folder / "style.css").read_text()
    codes = {n: int(c, 16) for n, c in re.findall(r'\.ph(?:-fill)?\.ph-([a-z-]+):before \{\s*content: "\\([0-9a-f]+)"', css)}
    save(TTFont(PHOSPHOR / folder / f"{file}.ttf"), [codes[n] for n in ICONS if n in codes], [], f"{file}.ttf")
