#!/usr/bin/env python3
"""Writes photos that no installed tool can write, mostly from the photos of make-photos.sh. See README.md."""

import ctypes
import os
import struct
import zlib
from pathlib import Path

import numpy
import tifffile
from PIL import ImageCms

HERE = Path(__file__).parent


def read(name):
    return (HERE / name).read_bytes()


def write(name, content):
    path = HERE / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def slope(width, height, channels):
    """Returns the rows of an image with a colour gradient in both directions."""
    rows = numpy.fromfunction(lambda y, x, c: x * 200 // width + y * 50 // height * (c + 1), (height, width, channels), dtype=int)
    return rows.astype(numpy.uint8)


# JPEG


def segment(marker, payload):
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def segments(jpeg):
    """Returns the header segments (marker, content) and the bytes from the first scan on."""
    at, found = 2, []
    while jpeg[at + 1] != 0xDA:
        length = struct.unpack_from(">H", jpeg, at + 2)[0]
        found.append((jpeg[at + 1], jpeg[at + 4 : at + 2 + length]))
        at += 2 + length
    return found, jpeg[at:]


def with_segments_first(jpeg, *first):
    return jpeg[:2] + b"".join(first) + jpeg[2:]


def multi_picture(first, second):
    """Appends a second image. An APP2 segment has its offset from the byte order mark (CIPA DC-007)."""

    def index(first_length, offset):
        entries = struct.pack("<IIIHH", 0x20030000, first_length, 0, 0, 0) + struct.pack("<IIIHH", 0x00000002, len(second), offset, 0, 0)
        tags = [(0xB000, 7, 4, b"0100"), (0xB001, 4, 1, struct.pack("<I", 2)), (0xB002, 7, 32, struct.pack("<I", 50))]
        directory = b"".join(struct.pack("<HHI", *tag[:3]) + tag[3] for tag in tags)
        return segment(0xE2, b"MPF\0II*\0" + struct.pack("<IH", 8, 3) + directory + bytes(4) + entries)

    app0 = first[2 : 4 + struct.unpack_from(">H", first, 4)[0]]
    length = len(first) + len(index(0, 0))
    byte_order_mark = 2 + len(app0) + 8
    return first[:2] + app0 + index(length, length - byte_order_mark) + first[2 + len(app0) :] + second


def ycck(width, height):
    """Converts CMYK pixels to YCCK with the TurboJPEG API, because no program of libjpeg-turbo does."""
    turbo = ctypes.CDLL("libturbojpeg.so.0")
    turbo.tjInitCompress.restype = ctypes.c_void_p
    buffer, length = ctypes.c_void_p(), ctypes.c_ulong()
    cmyk, subsampled = 11, 2
    failed = turbo.tjCompress2(
        ctypes.c_void_p(turbo.tjInitCompress()), slope(width, height, 4).tobytes(), width, 0, height, cmyk,
        ctypes.byref(buffer), ctypes.byref(length), subsampled, 75, 0)  # fmt: skip
    assert not failed
    return ctypes.string_at(buffer, length.value)


def jpeg():
    write("jpeg/ycck.jpg", ycck(79, 56))
    baseline = read("jpeg/baseline.jpg")
    header, rest = segments(baseline)
    other = b"\xff\xd8" + b"".join(segment(marker, content) for marker, content in segments(read("jpeg/grayscale.jpg"))[0])
    write("jpeg/without-jfif.jpg", b"\xff\xd8" + b"".join(segment(*each) for each in header if each[0] != 0xE0) + rest)
    write("jpeg/fill-bytes.jpg", b"\xff\xd8" + b"".join(b"\xff\xff\xff" + segment(*each) for each in header) + b"\xff" + rest)
    write("jpeg/trailing-bytes.jpg", baseline + b"and something else" * 20)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    third = len(profile) // 3 + 1
    parts = [segment(0xE2, b"ICC_PROFILE\0" + bytes([i + 1, 3]) + profile[i * third : (i + 1) * third]) for i in range(3)]
    write("jpeg/icc-in-three-segments.jpg", with_segments_first(read("jpeg/progressive.jpg"), *parts))
    write("jpeg/multi-picture.jpg", multi_picture(read("jpeg/baseline.jpg"), read("jpeg/exif-thumbnail-orientation-6.jpg")))
    write("jpeg/motion-photo.jpg", read("jpeg/xmp.jpg") + read("video/mp4.mp4"))
    density = b"\1\2\1\0\x48\0\x48"
    thumbnail = segment(0xE0, b"JFIF\0" + density + bytes([8, 5]) + slope(8, 5, 3).tobytes())
    write("jpeg/jfif-thumbnail.jpg", b"\xff\xd8" + thumbnail + b"".join(segment(*each) for each in header[1:]) + rest)
    extension = segment(0xE0, b"JFXX\0\x10" + read("jpeg/1x3.jpg"))
    write("jpeg/jfxx-thumbnail.jpg", b"\xff\xd8" + segment(*header[0]) + extension + b"".join(segment(*each) for each in header[1:]) + rest)
    write("jpeg/frame-header-in-comment.jpg", with_segments_first(baseline, segment(0xFE, b"like \xff\xc0\0\x11\x08\0\5\0\7\3 a frame"), segment(0xEF, other)))


# PNG and GIF


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def apple_png(width, height):
    """Returns a PNG as Xcode writes it for iOS: a chunk before IHDR, blue first, and no zlib header."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    rows = b"".join(b"\0" + row.tobytes() for row in slope(width, height, 4) // 16 * 16)
    chunks = [
        (b"CgBI", b"\x50\0\x20\2"),
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
        (b"IDAT", deflate.compress(rows) + deflate.flush()),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def png():
    write("png/trailing-bytes.png", read("png/rgb.png") + b"and something else" * 20)
    write("png/apple-cgbi.png", apple_png(57, 38))


def gif():
    source = read("gif/87a.gif")
    write("gif/trailing-bytes.gif", source + b"and something else" * 20)
    write("gif/frame-beyond-screen.gif", source[:6] + struct.pack("<HH", 33, 19) + source[10:])
    # Moves the only colour table from the screen to the image.
    size = 3 << (source[10] & 7) + 1
    screen, table, image = source[:10] + b"\0" + source[11:13], source[13 : 13 + size], source[13 + size :]
    assert image[0] == ord(",")
    write("gif/local-colour-table-only.gif", screen + image[:9] + bytes([0x80 | source[10] & 7]) + table + image[10:])


# WebP


def riff(*chunks):
    body = b"".join(name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2) for name, content in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def webp():
    lossy = read("webp/lossy.webp")
    frame = bytearray(lossy[20 : 20 + struct.unpack_from("<I", lossy, 16)[0]])
    # The two upper bits of each dimension request scaling and are not part of the size (RFC 6386, 9.1).
    frame[7] |= 0x40
    frame[9] |= 0x80
    write("webp/lossy-scale-bits.webp", riff((b"VP8 ", bytes(frame))))
    write("webp/trailing-bytes.webp", lossy + b"and something else" * 20)
    write("webp/unknown-chunk-after.webp", riff((b"VP8 ", lossy[20:]), (b"abcd", b"odd")))


# TIFF


def tiff_file(order, width, height, tags, directory_first):
    """Returns a TIFF with one strip of 8-bit gray. The size tags have the given order and types."""
    mark = {"<": b"II*\0", ">": b"MM\0*"}[order]
    pixels = slope(width, height, 1).tobytes()
    tags = tags + [(258, "H", 8), (259, "H", 1), (262, "H", 1), (273, "I", None), (277, "H", 1), (278, "H", height), (279, "I", len(pixels))]
    directory_length = 2 + 12 * len(tags) + 4
    directory_at, pixels_at = (8, 8 + directory_length) if directory_first else (8 + len(pixels) + len(pixels) % 2, 8)
    directory = struct.pack(order + "H", len(tags))
    for tag, kind, value in tags:
        packed = struct.pack(order + kind, pixels_at if value is None else value)
        directory += struct.pack(order + "HHI", tag, 3 if kind == "H" else 4, 1) + packed.ljust(4, b"\0")
    directory += bytes(4)
    parts = [directory, pixels] if directory_first else [pixels.ljust(directory_at - 8, b"\0"), directory]
    return mark + struct.pack(order + "I", directory_at) + b"".join(parts)


def tiff():
    new_subfile = (254, "I", 0)
    write("tiff/directory-first-short.tif", tiff_file("<", 71, 43, [new_subfile, (256, "H", 71), (257, "H", 43)], True))
    write("tiff/directory-first-long.tif", tiff_file(">", 72, 44, [new_subfile, (256, "I", 72), (257, "I", 44)], True))
    write("tiff/directory-last-long.tif", tiff_file("<", 73, 45, [new_subfile, (256, "I", 73), (257, "I", 45)], False))
    write("tiff/big-endian-short.tif", tiff_file(">", 74, 46, [(256, "H", 74), (257, "H", 46)], False))
    write("tiff/unsorted-tags.tif", tiff_file("<", 75, 47, [(282, "I", 72), (257, "H", 47), (254, "I", 0), (256, "H", 75)], False))
    with tifffile.TiffWriter(HERE / "tiff/smaller-copies-in-sub-directories.tif") as writer:
        writer.write(slope(106, 72, 3), photometric="rgb", subifds=1, compression="zlib", software=False, metadata=None)
        writer.write(slope(53, 36, 3), photometric="rgb", subfiletype=1, compression="zlib", software=False, metadata=None)


# HEIF (ISO/IEC 14496-12 and 23008-12)


def box(name, *content):
    content = b"".join(content)
    return struct.pack(">I", len(content) + 8) + name + content


def full_box(name, version, flags, *content):
    return box(name, struct.pack(">I", version << 24 | flags), *content)


def boxes(content, skip=0):
    """Returns the boxes in these bytes by name; the first one if a name is repeated."""
    at, found = skip, {}
    while at < len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        found.setdefault(name, content[at + 8 : at + length])
        at += length
    return found


def item_payloads(heif):
    """Returns the data of each item by the iloc of libheif: version 0, 4-byte fields, one extent per item."""
    iloc = boxes(boxes(heif)[b"meta"], 4)[b"iloc"]
    assert iloc[:1] == b"\0" and iloc[4:6] == b"\x44\x40"
    found = {}
    for i in range(struct.unpack_from(">H", iloc, 6)[0]):
        item, _, base, extents, offset, length = struct.unpack_from(">HHIHII", iloc, 8 + 18 * i)
        assert extents == 1
        found[item] = heif[base + offset : base + offset + length]
    return found


def ispe(width, height):
    return full_box(b"ispe", 0, 0, struct.pack(">II", width, height))


def heif_file(brand, items, primary, references=(), *, wide=False, meta_last=False, open_ended=False):
    """
    A file of items (type, hidden, properties, payload), numbered from 1. wide: identifiers of 32 bits (pitm 1, iinf 1, infe 3,
    iref 1, ipma 1, iloc 2). meta_last: the bytes come before what tells of them. open_ended: mdat has size 0, up to the end.
    """
    number = "I" if wide else "H"
    first = 70001 if wide else 1
    ftyp = box(b"ftyp", brand, bytes(4), b"mif1", b"heic", b"miaf")
    entries = [
        full_box(b"infe", 3 if wide else 2, int(hidden), struct.pack(">" + number + "H4s", first + i, 0, kind), b"\0")
        for i, (kind, hidden, _, _) in enumerate(items)
    ]
    iinf = full_box(b"iinf", int(wide), 0, struct.pack(">" + number, len(items)), *entries)
    refs = [box(kind, struct.pack(">" + number + "H" + number * len(to), first + of, len(to), *(first + i for i in to))) for kind, of, to in references]
    iref = full_box(b"iref", int(wide), 0, *refs) if refs else b""
    shared = list(dict.fromkeys(each for item in items for each in item[2]))
    essential = (b"hvcC", b"irot", b"imir", b"clap")
    associations = b""
    for i, item in enumerate(items):
        indices = bytes(shared.index(each) + 1 | (0x80 if each[4:8] in essential else 0) for each in item[2])
        associations += struct.pack(">" + number + "B", first + i, len(indices)) + indices
    iprp = box(b"iprp", box(b"ipco", *shared), full_box(b"ipma", int(wide), 0, struct.pack(">I", len(items)), associations))

    def meta(data_at):
        places = b""
        for i, item in enumerate(items):
            places += struct.pack(">" + number + "HHHII", first + i, 0, 0, 1, data_at, len(item[3]))
            data_at += len(item[3])
        iloc = full_box(b"iloc", 2 if wide else 1, 0, b"\x44\0", struct.pack(">" + number, len(items)), places)
        handler = full_box(b"hdlr", 0, 0, bytes(4), b"pict", bytes(13))
        return full_box(b"meta", 0, 0, handler, full_box(b"pitm", int(wide), 0, struct.pack(">" + number, first + primary)), iinf, iref, iprp, iloc)

    mdat = box(b"mdat", *(item[3] for item in items))
    if meta_last:
        return ftyp + mdat + meta(len(ftyp) + 8)
    if open_ended:
        mdat = bytes(4) + mdat[4:]
    return ftyp + meta(len(ftyp) + len(meta(0)) + 8) + mdat


def coded(name, item, hidden, width, height, *properties):
    """Returns an item with an HEVC image that libheif has written."""
    source = read(name)
    properties_of = boxes(boxes(boxes(source)[b"meta"], 4)[b"iprp"])[b"ipco"]
    payload = item_payloads(source)[item]
    return (b"hvc1", hidden, [box(b"hvcC", boxes(properties_of)[b"hvcC"]), ispe(width, height), *properties], payload)


def heic():
    tiles = [coded("heic/four-tiles.heic", item, True, 80, 64) for item in sorted(item_payloads(read("heic/four-tiles.heic")))]

    def grid(width, height, *properties):
        return (b"grid", False, [ispe(width, height), *properties], struct.pack(">BBBBHH", 0, 0, 1, 1, width, height))

    of_tiles = (b"dimg", 4, [0, 1, 2, 3])
    still = coded("heic/still.heic", 1, False, 130, 86)
    write("heic/grid-cropped.heic", heif_file(b"heic", [*tiles, grid(150, 110)], 4, [of_tiles]))
    write("heic/grid-with-thumbnail-rotated.heic",
          heif_file(b"heic", [*tiles, grid(160, 112, box(b"irot", b"\1")), still], 4, [of_tiles, (b"thmb", 5, [4])]))  # fmt: skip
    write("heic/mirrored.heic", heif_file(b"heic", [(*still[:2], [*still[2], box(b"imir", b"\1")], still[3])], 0))
    write("heic/mif1-brand.heif", heif_file(b"mif1", [still], 0))
    write("heic/no-coding-brand.heif", read("heic/mif1-brand.heif").replace(b"mif1heicmiaf", b"mif1mif2miaf", 1))
    write("heic/primary-not-first.heic", heif_file(b"heic", [tiles[0], still], 1))
    write("heic/meta-after-mdat.heic", heif_file(b"heic", [tiles[0], still], 1, meta_last=True))
    write("heic/wide-identifiers.heic", heif_file(b"heic", [*tiles, grid(151, 111)], 4, [of_tiles], wide=True))
    write("heic/mdat-up-to-the-end.heic", heif_file(b"heic", [tiles[0], still], 1, open_ended=True))
    (HERE / "heic/four-tiles.heic").unlink()


# BMP


def padded_rows(pixels, height):
    width = len(pixels) // height
    return b"".join(pixels[y * width : (y + 1) * width].ljust((width + 3) // 4 * 4, b"\0") for y in range(height))


def bmp_file(header_size, width, height, bits, pixels, palette=b"", compression=0, masks=b""):
    """Returns the second header, truncated or padded to the given size. A negative height means top-down rows."""
    header = struct.pack("<IiiHHIIiiII", header_size, width, height, 1, bits, compression, len(pixels), 2835, 2835, 0, 0) + masks
    header = header[:header_size].ljust(header_size, b"\0")
    offset = 14 + len(header) + len(palette)
    return struct.pack("<2sIII", b"BM", offset + len(pixels), 0, offset) + header + palette + pixels


def bmp():
    def true_colour(width, height):
        return padded_rows(slope(width, height, 3).tobytes(), height)

    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    srgb = b"BGRs"
    write("bmp/top-down.bmp", bmp_file(40, 21, -13, 24, true_colour(21, 13)))
    write("bmp/os2-header-16.bmp", bmp_file(16, 22, 14, 24, true_colour(22, 14)))
    write("bmp/os2-header-64.bmp", bmp_file(64, 23, 15, 24, true_colour(23, 15)))
    write("bmp/v2-header-52.bmp", bmp_file(52, 24, 16, 32, slope(24, 16, 4).tobytes(), compression=3, masks=masks[:12]))
    write("bmp/v3-header-56.bmp", bmp_file(56, 25, 17, 32, slope(25, 17, 4).tobytes(), compression=3, masks=masks))
    write("bmp/v4-header-108.bmp", bmp_file(108, 26, 18, 32, slope(26, 18, 4).tobytes(), compression=3, masks=masks + srgb))
    write("bmp/v5-header-124-top-down.bmp", bmp_file(124, 27, -19, 32, slope(27, 19, 4).tobytes(), compression=3, masks=masks + srgb))
    palette = bytes(range(64))
    line = bytes([28, 0x12, 0, 0])
    write("bmp/rle4.bmp", bmp_file(40, 28, 20, 4, line * 20 + b"\0\1", palette, compression=2))


# ICO


def ico():
    # icotool writes 256x256 if one dimension is 256. This corrects the directory.
    icon = bytearray(read("ico/directory-disagrees.ico"))
    assert icon[22:24] == b"\0\0"
    icon[23] = 192
    write("ico/png-of-256-last.ico", bytes(icon))
    width, height = 256, 40
    pixels = slope(width // 8, height, 1).tobytes()
    image = struct.pack("<IiiHHIIiiII", 40, width, 2 * height, 1, 1, 0, 0, 0, 0, 0, 0) + b"\0\0\0\0\xff\xff\xff\0" + pixels + bytes(len(pixels))
    write("ico/bitmap-of-256.ico", struct.pack("<HHHBBBBHHII", 0, 1, 1, 0, height, 2, 0, 1, 1, len(image), 22) + image)


# PNM and TGA


def pnm():
    pixels = slope(30, 22, 1).tobytes()
    write("pnm/comments.pgm", b"P5 # made by nobody 99 99\n#7 7\n30#30\n\t 22 # rows\n255\n" + pixels)
    write("pnm/windows-line-ends.ppm", b"P6\r\n31 23\r\n255\n" + slope(31, 23, 3).tobytes())
    write("pnm/p7-comments.pam", b"P7\n# WIDTH 9\nHEIGHT 24\n\nDEPTH 1\nMAXVAL 255\nWIDTH 32\nTUPLTYPE GRAYSCALE\nENDHDR\n" + slope(32, 24, 1).tobytes())


def tga():
    colours = bytes(range(48))
    header = struct.pack("<BBBHHBHHHHBB", 5, 1, 1, 0, 16, 24, 0, 0, 40, 28, 8, 0x20)
    pixels = (slope(40, 28, 1) % 16).tobytes()
    write("tga/image-id-colour-map-top-left.tga", header + b"shelf" + colours + pixels)
    footer = struct.pack("<II18s", 0, 0, b"TRUEVISION-XFILE.\0")
    write("tga/uncompressed-with-footer.tga", struct.pack("<BBBHHBHHHHBB", 0, 0, 2, 0, 0, 0, 0, 0, 41, 29, 24, 0) + slope(41, 29, 3).tobytes() + footer)


# What must not be measured

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="81" height="45"><rect width="60" height="30" fill="navy"/></svg>\n'


def svg():
    prolog = b'<?xml version="1.0" encoding="UTF-8"?>\n'
    doctype = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
    write("svg/plain.svg", SVG)
    write("svg/prolog-comment-doctype.svg", prolog + b"<!-- a <html> in a remark -->\n" + doctype + SVG)
    write("svg/byte-order-mark.svg", b"\xef\xbb\xbf" + prolog + SVG)
    write("svg/leading-space.svg", b"\r\n\t  " + SVG)
    write("svg/comment-of-3-kb.svg", prolog + b"<!--" + b" licence text" * 240 + b" -->\n" + SVG)
    write("svg/entities.svg", prolog + b'<!DOCTYPE svg [\n  <!ENTITY ns "http://www.w3.org/2000/svg">\n]>\n' + SVG.replace(b"http://www.w3.org/2000/svg", b"&ns;"))
    write("svg/prefixed.svg", prolog + b'<s:svg xmlns:s="http://www.w3.org/2000/svg" width="81" height="45"/>\n')
    write("svg/utf-16.svg", ('<?xml version="1.0" encoding="UTF-16"?>\n' + SVG.decode()).encode("utf-16"))
    write("svg/compressed.svgz", gzip(SVG))


def gzip(content):
    return zlib.compress(content, 9, 31)


def vector():
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>",
    ]
    pdf, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += b"%d 0 obj%sendobj\n" % (number, each)
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % each for each in places)
    write("vector/portable-document.pdf", pdf + table + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(pdf))
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 200 100\n0 0 moveto 200 100 lineto stroke\n%%EOF\n"
    write("vector/encapsulated.eps", eps)
    write("vector/encapsulated-with-preview.eps", struct.pack("<IIIIIIIH", 0xC6D3D0C5, 30, len(eps), 0, 0, 30 + len(eps), 1024, 0xFFFF) + eps + read("tiff/jpeg.tif"))
    write("vector/postscript.ps", b"%!PS\n0 0 moveto 200 100 lineto stroke showpage\n")
    placeable = struct.pack("<IHhhhhHI", 0x9AC6CDD7, 0, 0, 0, 2000, 1000, 1000, 0)
    checksum = 0
    for (word,) in struct.iter_unpack("<H", placeable):
        checksum ^= word
    records = struct.pack("<IHhh", 5, 0x020B, 0, 0) + struct.pack("<IHhh", 5, 0x020C, 1000, 2000) + struct.pack("<IHHHhh", 7, 0x041B, 900, 1900, 100, 100) + struct.pack("<IH", 3, 0)
    metafile = struct.pack("<HHHIHIH", 1, 9, 0x300, 9 + len(records) // 2, 0, 7, 0) + records
    write("vector/placeable.wmf", placeable + struct.pack("<H", checksum) + metafile)
    rectangle = struct.pack("<IIiiii", 43, 24, 10, 10, 190, 90)
    end = struct.pack("<IIIII", 14, 20, 0, 16, 20)
    header = struct.pack("<II8i4sIIIHHIIIiiii", 1, 88, 0, 0, 200, 100, 0, 0, 5292, 2646, b" EMF", 0x10000, 88 + 24 + 20, 3, 1, 0, 0, 0, 0, 1024, 768, 320, 240)
    write("vector/enhanced.emf", header + rectangle + end)


def video():
    # Old QuickTime files have no ftyp box but a free box there.
    movie = bytearray(read("video/quicktime.mov"))
    assert movie[4:8] == b"ftyp"
    movie[4:8] = b"wide"
    write("video/quicktime-without-ftyp.mov", bytes(movie))


def zip_file(name, content):
    checksum, lengths = zlib.crc32(content), (len(content), len(content))
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 0, 0, 33, checksum, *lengths, len(name), 0) + name + content
    central = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 0, 0, 33, checksum, *lengths, len(name), 0, 0, 0, 0, 0, 0) + name
    return local + central + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local), 0)


def not_an_image():
    page = b"<html>\n<head><title>Not found</title></head>\n<body><h1>404</h1>%s</body>\n</html>\n"
    texts = {
        "page.html": b"<!DOCTYPE html>\n" + page % b"",
        "page-in-capitals.html": b"\xef\xbb\xbf\r\n<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">\r\n<HTML><BODY>Gone</BODY></HTML>\r\n",
        "page-with-drawing.html": b"<!doctype html>\n" + page % SVG,
        "page-without-html-tag-with-drawing.html": b"<!doctype html>\n<title>Shelf</title>\n<body>\n" + SVG,
        "page-after-comment.html": b"<!-- served by a proxy -->\n" + page % SVG,
        "page-in-xml.xhtml": b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body>' + SVG + b"</body></html>\n",
        "object.json": b'{"error": "not found", "status": 404}\n',
        "array.json": b'["<svg>", 1, 2]\n',
        "feed.xml": b'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Photos</title></channel></rss>\n',
        "access-denied.xml": b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>like &lt;svg></Message></Error>\n',
        "pointer.txt": b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12345\n" % (b"0" * 64),
        "text.txt": "A photo of a shelf, in Gr\u00f6\u00dfe 3.\n".encode() * 5,
        "text-in-utf-16.txt": "A photo of a shelf\n".encode("utf-16"),
        "text-like-bmp.txt": b"BMW has announced that its new model will be shown in spring.\n",
        "text-like-gif.txt": b"GIF89 was the better of the two versions of the format.\n",
        "text-like-pnm.txt": b"P5 is the newest level of service. P6 20 people will follow.\n",
        "text-like-pnm-numbers.txt": b"P3 12 people came to the meeting of March.\n",
        "text-like-tiff.txt": b"II. Of the second chapter, and MM. of the third\n",
        "text-like-riff.txt": b"RIFFRAFF OF WEB PAGES from the last century\n",
        "text-like-psd.txt": b"8BPS is a signature and this is no image but a sentence.\n",
        "data-url.txt": b"data:image/png;base64,iVBORw0KGgo=\n",
        "archive.zip": zip_file(b"photo.jpg", read("jpeg/1x3.jpg")),
        "text.gz": gzip(b"A photo of a shelf\n"),
        "program.elf": b"\x7fELF\2\1\1".ljust(16, b"\0") + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400000, 0, 0, 0, 64, 56, 0, 64, 0, 0),
        "program.exe": b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0".ljust(60, b"\0") + struct.pack("<I4s", 64, b"PE\0\0") + bytes(20),
        "class.class": struct.pack(">IHH", 0xCAFEBABE, 0, 69) + bytes(range(100)),
        "font.ttf": struct.pack(">IHHHH", 0x00010000, 9, 128, 3, 16) + b"OS/2" + bytes(range(100)),
        "empty": b"",
        "one-byte": b"\xff",
        "zeros": bytes(2048),
        "ones": b"\xff" * 2048,
        "noise": bytes(numpy.random.RandomState(3).randint(0, 256, 2048, dtype=numpy.uint8)),
    }
    for name, content in texts.items():
        write("not-an-image/" + name, content)


for make in (jpeg, png, gif, webp, tiff, heic, bmp, ico, pnm, tga, svg, vector, video, not_an_image):
    make()
