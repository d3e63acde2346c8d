#!/usr/bin/env python3
"""Compares the sizes in manifest.csv with those that independent tools read, and its file names with the files here."""

import csv
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent

# The size in the output of file(1). It prints the density of a JPEG file in the same format.
FILE_SIZE = re.compile(r"(?<!density )\b(\d+) ?x ?-?(\d+)\b")


def run(*command):
    return subprocess.run(command, cwd=HERE, capture_output=True, text=True, errors="replace").stdout


def exiftool(name):
    return run("exiftool", "-s3", "-ImageSize", name).strip()


def imagemagick(name):
    return run("identify", "-format", "%wx%h\n", name + "[0]").strip()


def graphicsmagick(name):
    return run("gm", "identify", "-format", "%wx%h\n", name + "[0]").strip()


def ffprobe(name):
    return run("ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of", "csv=p=0:s=x", name).split("\n")[0]


def file(name):
    found = FILE_SIZE.search(run("file", "-b", name))
    return "x".join(found.groups()) if found else ""


def heif(name):
    return "x".join(re.findall(r"image: (\d+)x(\d+) \(id=\d+\), primary", run("heif-info", name))[0])


def avif(name):
    return re.search(r"Resolution +: (\S+)", run("avifdec", "--info", name)).group(1)


def gif(name):
    return re.search(r"logical screen (\S+)", run("gifsicle", "-I", name)).group(1)


def tiff(name):
    return "x".join(re.search(r"Image Width: (\d+) Image Length: (\d+)", run("tiffinfo", name)).groups())


def webp(name):
    said = run("webpinfo", name)
    canvas = re.search(r"Canvas size (\d+) x (\d+)", said) or re.search(r"Width: (\d+)\s+Height: (\d+)", said)
    return "x".join(canvas.groups())


def icon(name):
    """Returns the image with the largest area in the file."""
    sizes = re.findall(r"(\d+)x(\d+)\n", run("identify", "-format", "%wx%h\n", name))
    return "x".join(max(sizes, key=lambda size: int(size[0]) * int(size[1])))


def jpeg2000(name):
    x0, y0, x1, y1 = map(int, re.search(r"x0=(\d+), y0=(\d+)\s+x1=(\d+), y1=(\d+)", run("opj_dump", "-i", name)).groups())
    return f"{x1 - x0}x{y1 - y0}"


def netpbm(name):
    found = re.search(r"(\d+) by (\d+)", run("pamfile", name))
    return "x".join(found.groups()) if found else ""


def wbmp(name):
    bitmap = subprocess.run(["wbmptopbm", name], cwd=HERE, capture_output=True, check=True).stdout
    return "x".join(bitmap.split()[1:3][i].decode() for i in (0, 1))


ANY = [exiftool, imagemagick, graphicsmagick, ffprobe, file]
OWN = {"heic": [heif], "heif": [heif], "avif": [avif], "gif": [gif], "tiff": [tiff], "webp": [webp], "ico": [icon], "cur": [icon], "jpeg2000": [jpeg2000], "pnm": [netpbm], "wbmp": [wbmp]}


def main():
    with open(HERE / "manifest.csv", newline="") as manifest:
        rows = list(csv.DictReader(manifest))
    listed = [row["file"] for row in rows]
    present = {str(path.relative_to(HERE)) for path in HERE.glob("*/*")}
    wrong = [f"listed twice or out of order: {each}" for each, next_one in zip(listed, listed[1:]) if each >= next_one]
    wrong += [f"listed or present only: {each}" for each in sorted(present ^ set(listed))]
    for row in rows:
        if row["width"]:
            size = f"{row['width']}x{row['height']}"
            said = {tool.__name__: tool(row["file"]) for tool in OWN.get(row["format"], []) + ANY}
            agree = [tool for tool, answer in said.items() if answer == size]
            differ = {tool: answer for tool, answer in said.items() if answer and answer != size}
            print(f"{row['file']} {size}: {' '.join(agree)}" + (f"; but {differ}" if differ else ""))
            if not agree:
                wrong.append(f"no tool reads {size} from {row['file']}")
    print(*wrong, sep="\n")
    sys.exit(bool(wrong))


main()
