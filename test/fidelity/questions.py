"""Small files about whose looks specifications leave doubts, to be shown to a browser (script/ask-browser) and to Thimble.

Each is written by hand, so that every field can be chosen or wrong. QUESTIONS: name -> Question.
"""

import dataclasses
import io
import struct
import zlib

from PIL import Image

COLOR = (230, 60, 50)


@dataclasses.dataclass(frozen=True)
class Question:
    file: bytes
    media_type: str = "image/png"

    @property
    def suffix(self):
        return self.media_type.rpartition("/")[2]


# PNG

def chunk(name, payload):
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))


def png(color=COLOR, chunks=(), *, color_type=2, depth=8, palette=None, transparent=None, late=(), size=(4, 4)):
    """One colour all over; `late` chunks come behind the palette."""
    row = b"\0" + b"".join(struct.pack(">H" if depth == 16 else ">B", sample) for sample in color) * size[0]
    named = list(chunks)
    if palette:
        named.append((b"PLTE", palette))
    if transparent:
        named.append((b"tRNS", transparent))
    named += [*late, (b"IDAT", zlib.compress(row * size[1])), (b"IEND", b"")]
    header = struct.pack(">IIBBBBB", *size, depth, color_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunk(*one) for one in named)


def gama(value):
    return b"gAMA", struct.pack(">I", round(value * 100_000))


def chrm(*numbers):
    return b"cHRM", struct.pack(">8I", *(round(number * 100_000) for number in numbers))


def cicp(*codes):
    return b"cICP", bytes(codes)


def iccp(profile, *, method=0, name=b"x"):
    return b"iCCP", name + b"\0" + bytes([method]) + zlib.compress(profile)


SRGB = (b"sRGB", b"\0")
SRGB_PRIMARIES = chrm(.3127, .329, .64, .33, .3, .6, .15, .06)
P3_PRIMARIES = chrm(.3127, .329, .68, .32, .265, .69, .15, .06)
REC2020_PRIMARIES = chrm(.3127, .329, .708, .292, .17, .797, .131, .046)


# ICC

def fixed(value):
    return struct.pack(">i", round(value * 65536))


def xyz(*numbers):
    return b"XYZ \0\0\0\0" + b"".join(map(fixed, numbers))


def power_curve(exponent):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(exponent * 256)) + b"\0\0"


SRGB_CURVE = b"para\0\0\0\0\0\3\0\0" + b"".join(
    map(fixed, (2.4, 1 / 1.055, .055 / 1.055, 1 / 12.92, .04045)))


def profile(color_space, tags):
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(79)
    tags = [(b"desc", text), (b"wtpt", xyz(.9642, 1, .8249)), *tags]
    start = 128 + 4 + 12 * len(tags)
    table = data = b""
    for name, content in tags:
        content += bytes(-len(content) % 4)
        table += name + struct.pack(">II", start + len(data), len(content))
        data += content
    body = struct.pack(">I", len(tags)) + table + data
    header = struct.pack(">I4sI4s4s4s12s4s", 128 + len(body), b"test", 0x02400000, b"mntr", color_space, b"XYZ ",
                         bytes(12), b"acsp")
    header += bytes(68 - len(header)) + fixed(.9642) + fixed(1) + fixed(.8249)
    return header + bytes(128 - len(header)) + body


def p3_profile(curve=SRGB_CURVE):
    colorants = [(b"rXYZ", xyz(.51512, .2412, -.00105)), (b"gXYZ", xyz(.29198, .69225, .04189)),
                 (b"bXYZ", xyz(.1571, .06657, .78407))]
    return profile(b"RGB ", colorants + [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")])


def gray_profile(exponent):
    return profile(b"GRAY", [(b"kTRC", power_curve(exponent))])


# EXIF

def tiff(entries, *, order="<", offset=8, magic=42, count=None):
    """`entries`: (tag, type, count, value). The offset of the next directory follows."""
    out = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", magic, offset) + bytes(offset - 8)
    out += struct.pack(order + "H", len(entries) if count is None else count)
    for tag, kind, values, value in entries:
        out += struct.pack(order + "HHI", tag, kind, values)
        out += struct.pack(order + "HH", value, 0) if kind == SHORT else struct.pack(order + "I", value)
    return out + bytes(4)


SHORT, LONG = 3, 4
ORIENTATION = 0x112
LABEL = b"Exif\0\0"
NO_ORIENTATION = tiff([(0x100, LONG, 1, 5)])


def turned(value=6, kind=SHORT, count=1, **options):
    return tiff([(ORIENTATION, kind, count, value)], **options)


def encoded(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def jpeg(image, icc_profile=None):
    return Question(encoded(image, "jpeg", quality=100, subsampling=0, icc_profile=icc_profile), "image/jpeg")


def webp(image, icc_profile=None, **options):
    return Question(encoded(image, "webp", icc_profile=icc_profile, **options), "image/webp")


def jpeg_with_exif(*blocks):
    """6x4; what a turn makes 4x6."""
    plain = encoded(Image.new("RGB", (6, 4), COLOR), "jpeg")
    segments = b"".join(b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block for block in blocks)
    return Question(plain[:2] + segments + plain[2:], "image/jpeg")


def png_with_exif(*blocks):
    return Question(png(chunks=[(b"eXIf", block) for block in blocks], size=(6, 4)))


def gamma_questions():
    for value in (1, .5556, .48, .47, .45455, .44, .43, .3, .05, .01, 10, 0):
        yield f"gAMA {value}", png(chunks=[gama(value)])
    for value in (1, .48, .45455, .45, .43):
        yield f"gAMA {value} and cHRM of sRGB", png(chunks=[gama(value), SRGB_PRIMARIES])
    yield "cHRM of P3 alone", png(chunks=[P3_PRIMARIES])
    yield "cHRM of P3 and gAMA", png(chunks=[gama(.45455), P3_PRIMARIES])
    yield "cHRM of P3 and gAMA 1", png(chunks=[gama(1), P3_PRIMARIES])
    yield "cHRM of Rec. 2020 and gAMA", png(chunks=[gama(.45455), REC2020_PRIMARIES])
    yield "cHRM with white D50", png(chunks=[gama(.45455), chrm(.3457, .3585, .64, .33, .3, .6, .15, .06)])
    yield "cHRM of one point", png(chunks=[gama(.45455), chrm(*[.3] * 8)])
    yield "cHRM of zeros", png(chunks=[gama(.45455), chrm(*[0] * 8)])
    yield "cHRM cut", png(chunks=[gama(.45455), (b"cHRM", P3_PRIMARIES[1][:31])])
    yield "gAMA cut", png(chunks=[(b"gAMA", b"\0\1\x86")])
    yield "two gAMA", png(chunks=[gama(1), gama(.45455)])
    yield "gAMA behind PLTE", png(palette=b"\1\2\3", late=[gama(1)])
    yield "gAMA 1, gray", png((127,), [gama(1)], color_type=0)
    yield "gAMA and cHRM, gray", png((127,), [gama(.45455), P3_PRIMARIES], color_type=0)
    yield "gAMA 1, gray and alpha", png((127, 255), [gama(1)], color_type=4)
    yield "gAMA 1, palette", png((0,), [gama(1)], color_type=3, palette=bytes(COLOR))
    yield "gAMA 1, 16 bits", png([sample * 257 for sample in COLOR], [gama(1)], depth=16)
    yield "gAMA 1, gray 16 bits", png((127 * 257,), [gama(1)], color_type=0, depth=16)


def cicp_questions():
    for primaries in (1, 4, 5, 6, 7, 8, 9, 11, 12, 22, 0, 2, 3, 10):
        yield f"cICP primaries {primaries}", png(chunks=[cicp(primaries, 13, 0, 1)])
    for transfer in (1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18):
        yield f"cICP of P3, transfer {transfer}", png(chunks=[cicp(12, transfer, 0, 1)])
    for transfer in (1, 4, 8):
        yield f"cICP of sRGB, transfer {transfer}", png(chunks=[cicp(1, transfer, 0, 1)])
    yield "cICP of limited range", png(chunks=[cicp(12, 13, 0, 0)])
    yield "cICP of limited range, gAMA 1", png(chunks=[cicp(12, 13, 0, 0), gama(1)])
    yield "cICP unspecified, gAMA 1", png(chunks=[cicp(2, 2, 0, 1), gama(1)])
    yield "cICP unknown primaries, gAMA 1", png(chunks=[cicp(99, 13, 0, 1), gama(1)])
    yield "cICP unknown transfer, iCCP", png(chunks=[cicp(1, 99, 0, 1), iccp(p3_profile())])
    yield "cICP of Y, Cb, Cr", png(chunks=[cicp(12, 13, 1, 1)])
    yield "cICP of 3 bytes", png(chunks=[(b"cICP", bytes([12, 13, 0]))])
    yield "cICP of 5 bytes", png(chunks=[(b"cICP", bytes([12, 13, 0, 1, 0]))])
    yield "cICP and sRGB", png(chunks=[cicp(12, 13, 0, 1), SRGB])
    yield "sRGB and cICP", png(chunks=[SRGB, cicp(12, 13, 0, 1)])
    yield "iCCP and linear cICP", png(chunks=[iccp(p3_profile()), cicp(1, 8, 0, 1)])
    yield "cICP behind PLTE", png(palette=b"\1\2\3", late=[cicp(12, 13, 0, 1)])
    yield "linear cICP, gray", png((64,), [cicp(1, 8, 0, 1)], color_type=0)
    yield "cICP and alpha", png((*COLOR, 255), [cicp(12, 13, 0, 1)], color_type=6)


def profile_questions():
    p3, linear = p3_profile(), p3_profile(power_curve(1))
    nonsense = b"nonsense" * 40
    yield "iCCP of P3", png(chunks=[iccp(p3)])
    yield "iCCP and gAMA", png(chunks=[iccp(p3), gama(1)])
    yield "iCCP and sRGB", png(chunks=[iccp(p3), SRGB])
    yield "sRGB and iCCP", png(chunks=[SRGB, iccp(p3)])
    yield "sRGB, gAMA, cHRM", png(chunks=[SRGB, gama(1), P3_PRIMARIES])
    yield "gAMA, cHRM, sRGB", png(chunks=[gama(1), P3_PRIMARIES, SRGB])
    yield "sRGB of an unknown intent, gAMA 1", png(chunks=[(b"sRGB", b"\x09"), gama(1)])
    yield "sRGB of 2 bytes, gAMA 1", png(chunks=[(b"sRGB", b"\0\0"), gama(1)])
    yield "iCCP of nonsense, gAMA 1", png(chunks=[iccp(nonsense), gama(1)])
    yield "iCCP of nonsense, sRGB, gAMA 1", png(chunks=[iccp(nonsense), SRGB, gama(1)])
    yield "iCCP without a name", png(chunks=[iccp(p3, name=b"")])
    yield "iCCP of another method", png(chunks=[iccp(p3, method=1)])
    yield "iCCP cut", png(chunks=[(b"iCCP", iccp(p3)[1][:-6])])
    yield "iCCP and more behind it", png(chunks=[iccp(p3 + b"more")])
    yield "iCCP behind PLTE", png(palette=b"\1\2\3", late=[iccp(p3)])
    yield "iCCP, palette", png((0,), [iccp(p3)], color_type=3, palette=bytes(COLOR))
    yield "iCCP of gray for RGB", png(chunks=[iccp(gray_profile(1)), gama(1)])
    yield "iCCP of gray", png((64,), [iccp(gray_profile(1))], color_type=0)
    yield "iCCP of RGB for gray", png((64,), [iccp(linear)], color_type=0)
    yield "iCCP of RGB for gray and alpha", png((64, 255), [iccp(linear)], color_type=4)


def color_questions():
    """Of all the formats but PNG."""
    p3, linear, bright = p3_profile(), p3_profile(power_curve(1)), p3_profile(power_curve(1.8))
    gray, color = Image.new("L", (16, 16), 64), Image.new("RGB", (16, 16), COLOR)
    yield "JPEG of gray, profile of RGB, linear", jpeg(gray, linear)
    yield "JPEG of gray, profile of RGB, 1.8", jpeg(gray, bright)
    yield "JPEG of gray, profile of gray", jpeg(gray, gray_profile(1.8))
    yield "JPEG of RGB, profile of gray", jpeg(color, gray_profile(1))
    yield "JPEG of RGB, profile of P3", jpeg(color, p3)
    yield "lossless WebP, profile of P3", webp(color, p3, lossless=True)
    yield "lossy WebP, profile of P3", webp(color, p3, quality=100)
    yield "lossless WebP, profile of gray", webp(color, gray_profile(1), lossless=True)


def exif_questions():
    for last in (0, 1, 32, 255):
        yield f"EXIF label ending in {last}", jpeg_with_exif(b"Exif\0" + bytes([last]) + turned())
    yield "EXIF label with spaces", jpeg_with_exif(b"Exif  " + turned())
    yield "EXIF, big endian", jpeg_with_exif(LABEL + turned(order=">"))
    firsts = {"nothing": b"Exif\0", "a label": LABEL, "junk": LABEL + b"junk", "XMP": b"http://ns.adobe.com/xap/1.0/\0",
              "no tag": LABEL + NO_ORIENTATION, "no entries": LABEL + tiff([]), "value 9": LABEL + turned(9),
              "value 0": LABEL + turned(0), "a LONG": LABEL + turned(1, LONG), "no label": turned(3),
              "magic 43": LABEL + turned(1, magic=43), "a cut header": LABEL + turned()[:7],
              "a cut entry": LABEL + turned()[:21], "value 3": LABEL + turned(3)}
    for name, first in firsts.items():
        yield f"EXIF of {name}, then 6", jpeg_with_exif(first, LABEL + turned())
    yield "EXIF of a LONG", jpeg_with_exif(LABEL + turned(6, LONG))
    yield "EXIF of 2 values", jpeg_with_exif(LABEL + turned(6, count=2))
    yield "EXIF of 0 values", jpeg_with_exif(LABEL + turned(6, count=0))
    yield "EXIF without a next directory", jpeg_with_exif(LABEL + turned()[:-4])
    yield "EXIF without the padding of the value", jpeg_with_exif(LABEL + turned()[:-6])
    yield "EXIF that counts too many", jpeg_with_exif(LABEL + turned(count=1, offset=8)[:-4])
    yield "EXIF far away", jpeg_with_exif(LABEL + turned(offset=200))
    yield "EXIF of 6 and 1", jpeg_with_exif(
        LABEL + tiff([(ORIENTATION, SHORT, 1, 6), (ORIENTATION, SHORT, 1, 1)]))
    yield "EXIF of 9 and 6", jpeg_with_exif(
        LABEL + tiff([(ORIENTATION, SHORT, 1, 9), (ORIENTATION, SHORT, 1, 6)]))
    yield "eXIf", png_with_exif(turned())
    yield "eXIf with a label", png_with_exif(LABEL + turned())
    yield "eXIf without a tag, then 6", png_with_exif(NO_ORIENTATION, turned())


def all_questions():
    for questions in (gamma_questions(), cicp_questions(), profile_questions(), color_questions(), exif_questions()):
        for name, question in questions:
            yield name, question if isinstance(question, Question) else Question(question)


QUESTIONS = dict(all_questions())
