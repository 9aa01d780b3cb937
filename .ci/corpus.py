"""Compares what Easel made of a collection of pictures with what Pillow makes of it.

Usage: corpus.py PICTURES TOLD. Every difference is a failure, unless KNOWN or its kind give the reason.
"""

import collections
import io
import pathlib
import re
import sys
import warnings

from PIL import Image, ImageChops, ImageCms, ImageFile, ImageOps, ImageStat

# Mean difference of the channels that decoders of lossy formats may have, and of others.
LOSSY, EXACT = 3.0, 1.1

# Which files may differ, and why.
KNOWN = [
    (r"(max-height|max-width)\.(gif|png)$", "longer than 16,384 pixels, which is refused here"),
    (r"testimgari\.jpg$", "arithmetic coding, which is called unsupported here"),
    (r"no_palette\.gif$", "no colour table at all, which is called damaged here"),
    (r"badadler|empty_ancillary_chunks|chunk_no_fctl|png_decompression_dos", "refused there for what is beside the pixels"),
    (r"(xmp_tags|exif_imagemagick)_orientation", "turned there by XMP or by a text of ImageMagick, which browsers pass over"),
    (r"bug143608-comment|bug725582-testrotate", "turned there by an orientation of the wrong type, as browsers do not"),
    (r"app13\.jpg$", "4 x 4 pixels of noise with halved colours, which are enlarged in another way"),
    (r"hopper_bad_exif\.jpg$", "1,214 stray bytes in the pixels, after which libjpeg finds its way again"),
]


def reason(path, image):
    """Says why a picture may differ, where its kind tells."""
    if "gamma" in image.info and "chromaticity" in image.info:
        return "cHRM, which is honoured here alone"
    if path.suffix == ".png" and "transparency" in image.info and image.mode in ("1", "L", "I", "I;16"):
        return "one grey is transparent, compared there with samples that are scaled already"
    return next((why for pattern, why in KNOWN if re.search(pattern, str(path))), None)


def by_gamma(image, rgba):
    """Does what gAMA says, with the curve of sRGB."""
    gamma = image.info.get("gamma")
    if not gamma or "srgb" in image.info or abs(gamma * 2.2 - 1) < 0.05 or not 0.05 <= gamma <= 20:
        return rgba

    def curve(value):
        light = (value / 255) ** (1 / gamma)
        return round(255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055))

    return rgba.point([curve(value) for value in range(256)] * 3 + list(range(256)))


def as_srgb(image):
    """Does what a colour profile says, as Easel does."""
    profile = image.info.get("icc_profile")
    if not profile:
        return by_gamma(image, image.convert("RGBA"))
    alpha = image.convert("RGBA").getchannel("A")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        wanted = {"GRAY": "L", "CMYK": "CMYK"}.get(source.profile.xcolor_space.strip(), "RGB")
        converted = ImageCms.profileToProfile(image.convert(wanted), source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert("RGBA")
    converted = converted.convert("RGBA")
    converted.putalpha(alpha)
    return converted


def deep_grey(image):
    """Brings 16 bits of grey to 8, which Pillow cuts off."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    return image


def on_grey(image):
    ground = Image.new("RGBA", image.size, (128, 128, 128, 255))
    return Image.alpha_composite(ground, image).convert("RGB")


def compare(path, kind, width, height, raw):
    """Returns how a picture differs, and why it may; nothing where it does not."""
    why = next((why for pattern, why in KNOWN if re.search(pattern, str(path))), None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(path)
            image.load()
            why = reason(path, image) or why
            theirs = as_srgb(ImageOps.exif_transpose(deep_grey(image)))
    except Exception as error:  # Whatever it is: Pillow has no picture of it.
        return None if kind != "whole" else (f"Pillow has none: {error}", why)
    if kind == "error":
        return f"Pillow has one, {theirs.size}", why
    if theirs.size != (int(width), int(height)):
        return f"{width} x {height}, and Pillow has {theirs.size}", why
    if not raw:
        return None
    ours = Image.frombytes("RGBA", theirs.size, raw.read_bytes())
    if path.suffix == ".gif":
        # What the first frame does not cover is transparent here, as in browsers, and the background there.
        covered = ours.getchannel("A").point(lambda alpha: 255 if alpha else 0)
        theirs.putalpha(ImageChops.darker(theirs.getchannel("A"), covered))
    mean = max(ImageStat.Stat(ImageChops.difference(on_grey(ours), on_grey(theirs))).mean)
    limit = LOSSY if path.suffix.lower() in (".jpg", ".jpeg", ".webp") else EXACT
    return None if mean <= limit else (f"differs by {mean:.2f} on the mean", why)


def main():
    pictures, told = (pathlib.Path(argument) for argument in sys.argv[1:3])
    # Twice as many are an error, as bombs are here too.
    Image.MAX_IMAGE_PIXELS = 1 << 25
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    seen, used, faults = 0, collections.Counter(), []
    for line in (told / "told.tsv").read_text().splitlines():
        name, kind, width, height, raw = line.split("\t")
        if kind == "flawed":
            # What is shown of a broken file is no matter of right or wrong.
            continue
        seen += 1
        difference = compare(pictures / name, kind, width, height, told / raw if raw else None)
        if difference is None:
            continue
        what, why = difference
        if why:
            used[why] += 1
        else:
            faults.append(f"{name}: {what}" + (f" ({width})" if kind == "error" else ""))
    for why, count in used.items():
        print(f"{count} known to differ: {why}")
    for fault in faults:
        print(f"DIFFERS {fault}")
    print(f"{seen} pictures compared with Pillow, {len(faults)} differ unexpectedly")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
