#!/bin/bash
# Writes the photos that an encoder can write; make-scripted.py then writes those that none can. See README.md.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ff() { ffmpeg -hide_banner -loglevel error -bitexact -y "$@"; }

# picture WIDTH HEIGHT FILE [OPTIONS]: a slope of colour with an ellipse on it, small in every format.
picture() {
    local w=$1 h=$2 file=$3
    shift 3
    convert -size "${w}x${h}" gradient:navy-gold -fill tomato \
        -draw "ellipse $((w / 2)),$((h / 2)) $((w / 3)),$((h / 3)) 0,360" -strip -alpha off -depth 8 "$@" "$file"
}

jpeg() {
    mkdir -p jpeg
    local p="$work/p.ppm"
    picture 61 37 "$p"; cjpeg -outfile jpeg/baseline.jpg "$p"
    picture 62 39 "$p"; cjpeg -progressive -outfile jpeg/progressive.jpg "$p"
    picture 63 40 "$p"; cjpeg -arithmetic -outfile jpeg/arithmetic.jpg "$p"
    picture 64 41 "$p"; cjpeg -arithmetic -progressive -outfile jpeg/arithmetic-progressive.jpg "$p"
    picture 65 42 "$p"; cjpeg -grayscale -outfile jpeg/grayscale.jpg "$p"
    picture 66 43 "$p"; cjpeg -rgb -outfile jpeg/adobe-rgb-without-jfif.jpg "$p"
    picture 67 44 "$p"; cjpeg -restart 1B -outfile jpeg/restart-markers.jpg "$p"
    picture 68 45 "$p"; cjpeg -sample 4x1,1x1,1x1 -outfile jpeg/subsampled-4-1-1.jpg "$p"
    picture 1 3 "$p"; cjpeg -outfile jpeg/1x3.jpg "$p"
    long 65500 1 "$p"; cjpeg -quality 1 -optimize -outfile jpeg/65500x1.jpg "$p"
    long 1 65500 "$p"; cjpeg -quality 1 -optimize -outfile jpeg/1x65500.jpg "$p"
    picture 69 46 jpeg/cmyk.jpg -colorspace CMYK
    picture 70 47 "$p"; ff -i "$p" -c:v ljpeg -pix_fmt bgr24 jpeg/lossless.jpg
    picture 71 48 "$work/gray.pgm" -colorspace Gray -depth 8; lossless_dicom "$work/gray.pgm" 71 48 jpeg/lossless-first-order.jpg
    picture 72 49 "$work/gray.pgm" -colorspace Gray -depth 16; twelve_bit_dicom "$work/gray.pgm" 72 49 jpeg/12-bit.jpg

    # Cameras store a thumbnail and the way the camera was held.
    picture 73 50 "$p"; cjpeg -outfile jpeg/exif-thumbnail-orientation-6.jpg "$p"
    picture 32 20 "$p"; cjpeg -outfile "$work/thumbnail.jpg" "$p"
    exiftool -q -overwrite_original "-ThumbnailImage<=$work/thumbnail.jpg" -Orientation#=6 -Make=Maker \
        -ExifImageWidth=999 -ExifImageHeight=888 jpeg/exif-thumbnail-orientation-6.jpg
    picture 74 51 "$p"; cjpeg -outfile jpeg/exif-little-endian.jpg "$p"
    exiftool -q -overwrite_original "-ThumbnailImage<=$work/thumbnail.jpg" -Orientation#=8 -Make=Maker \
        -ExifByteOrder=II jpeg/exif-little-endian.jpg
    picture 75 52 "$p"; cjpeg -outfile jpeg/xmp.jpg "$p"
    exiftool -q -overwrite_original -XMP-dc:Title=Shelf -XMP-tiff:ImageWidth=1 jpeg/xmp.jpg
    picture 76 53 "$p"; cjpeg -outfile jpeg/photoshop-thumbnail.jpg "$p"
    exiftool -q -overwrite_original "-PhotoshopThumbnail<=$work/thumbnail.jpg" -IPTC:Headline=Shelf jpeg/photoshop-thumbnail.jpg
    picture 77 54 "$p"; cjpeg -outfile jpeg/comment.jpg "$p"
    exiftool -q -overwrite_original -Comment='a remark of some length' jpeg/comment.jpg
}

# long WIDTH HEIGHT FILE: a gray picture beyond the lengths that ImageMagick's policy lets it make.
long() { pgmramp -lr "$1" "$2" >"$3"; }

# Only DICOM tools write these two: the picture goes in raw and comes out as the file's one compressed fragment.
dicom() {
    local raw=$1 width=$2 height=$3 stored=$4 allocated=$5
    cat >"$work/dump.txt" <<DUMP
(0002,0010) UI =LittleEndianExplicit
(0008,0016) UI =SecondaryCaptureImageStorage
(0008,0018) UI [1.2.3.4]
(0028,0002) US 1
(0028,0004) CS [MONOCHROME2]
(0028,0010) US $height
(0028,0011) US $width
(0028,0100) US $allocated
(0028,0101) US $stored
(0028,0102) US $((stored - 1))
(0028,0103) US 0
(7fe0,0010) OW =$raw
DUMP
    dump2dcm -q "$work/dump.txt" "$work/raw.dcm"
}

first_fragment() {
    rm -rf "$work/fragments"; mkdir "$work/fragments"
    dcmdump -q +W "$work/fragments" "$1" >"$work/dump.log"
    cp "$(find "$work/fragments" -name '*.1.raw')" "$2"
}

lossless_dicom() {
    convert "$1" -depth 8 "gray:$work/raw"
    dicom "$work/raw" "$2" "$3" 8 8
    dcmcjpeg -q +e1 "$work/raw.dcm" "$work/jpeg.dcm"
    first_fragment "$work/jpeg.dcm" "$4"
}

twelve_bit_dicom() {
    convert "$1" -depth 16 -endian LSB -evaluate RightShift 4 "gray:$work/raw"
    dicom "$work/raw" "$2" "$3" 12 16
    dcmcjpeg -q +ee +bt "$work/raw.dcm" "$work/jpeg.dcm"
    first_fragment "$work/jpeg.dcm" "$4"
}

png() {
    mkdir -p png
    local bits
    for bits in 1 2 4 8 16; do
        picture $((80 + bits)) 47 "$work/p.pgm" -colorspace Gray -depth 16
        pamdepth -quiet $(((1 << bits) - 1)) "$work/p.pgm" | pnmtopng -quiet -force >png/gray-$bits-bit.png
    done
    for bits in 1 2 4 8; do
        picture $((100 + bits)) 48 png/palette-$bits-bit.png -colors $((1 << bits)) -define png:color-type=3 -define png:bit-depth=$bits
    done
    picture 52 33 png/gray-alpha.png -colorspace Gray -alpha set -channel A -evaluate set 50% +channel -define png:color-type=4
    picture 53 34 png/rgb.png -define png:color-type=2
    picture 54 35 png/rgb-16-bit.png -define png:color-type=2 -define png:bit-depth=16
    picture 55 36 png/rgba.png -alpha set -channel A -evaluate set 50% +channel -define png:color-type=6
    picture 56 37 png/interlaced.png -interlace PNG -define png:color-type=2
    picture 1 2 png/1x2.png
    local i
    for i in 1 2 3; do picture 58 39 "$work/frame$i.png" -modulate 100,100,$((i * 40)); done
    (cd "$work" && apngasm animated.png frame1.png frame2.png frame3.png >apngasm.log)
    cp "$work/animated.png" png/animated.png
    for i in 1 2 3; do convert -size 59x40 xc:navy -fill gold -draw "rectangle $((i * 10)),5 $((i * 10 + 8)),15" "$work/small$i.png"; done
    (cd "$work" && apngasm skipped.png small1.png small2.png small3.png -f >apngasm.log)
    cp "$work/skipped.png" png/animated-default-image-apart.png
    picture 60 41 png/itxt-before-idat.png
    exiftool -q -overwrite_original -api PNGEarlyXMP=1 -XMP-dc:Description="$(printf 'long %.0s' {1..200})" png/itxt-before-idat.png
    picture 61 42 png/exif-thumbnail.png
    picture 32 20 "$work/thumbnail.ppm"; cjpeg -outfile "$work/thumbnail.jpg" "$work/thumbnail.ppm"
    exiftool -q -overwrite_original "-ThumbnailImage<=$work/thumbnail.jpg" -Orientation#=6 png/exif-thumbnail.png
}

gif() {
    mkdir -p gif
    picture 45 27 "GIF87:gif/87a.gif" -colors 16
    picture 46 28 gif/89a.gif -colors 16 -transparent navy
    picture 47 29 "$work/p.gif" -colors 16; gifsicle -i "$work/p.gif" -o gif/interlaced.gif
    picture 48 30 "$work/p.gif" -colors 16; gifsicle -c 'a remark first' "$work/p.gif" -o gif/comment-first.gif
    picture 20 11 "$work/first.gif" -colors 8
    picture 30 17 "$work/second.gif" -colors 4
    gifsicle -m -S 90x64 -l -d 10 -p 5,7 "$work/first.gif" -p 40,30 "$work/second.gif" -o gif/animated-frames-smaller-than-screen.gif
    picture 3 1 gif/3x1.gif
    picture 52 31 "$work/p.png"; ff -i "$work/p.png" -vf 'split[a][b];[a]palettegen=max_colors=8[p];[b][p]paletteuse' gif/ffmpeg.gif
}

webp() {
    mkdir -p webp
    local p="$work/p.png"
    picture 81 50 "$p"; cwebp -quiet "$p" -o webp/lossy.webp
    picture 82 51 "$p"; cwebp -quiet -lossless "$p" -o webp/lossless.webp
    picture 83 52 "$p" -alpha set -channel A -evaluate set 40% +channel; cwebp -quiet "$p" -o webp/lossy-alpha.webp
    picture 84 53 "$p" -alpha set -channel A -evaluate set 40% +channel; cwebp -quiet -lossless "$p" -o webp/lossless-alpha.webp
    picture 85 54 "$work/p.jpg"; exiftool -q -overwrite_original -Orientation#=6 -Make=Maker "-ICC_Profile<=$work/srgb.icc" "$work/p.jpg"
    cwebp -quiet -metadata all "$work/p.jpg" -o webp/icc-exif.webp
    picture 1 7 "$p"; cwebp -quiet "$p" -o webp/1x7-lossy.webp
    picture 7 1 "$p"; cwebp -quiet -lossless "$p" -o webp/7x1-lossless.webp
    long 16383 3 "$work/p.pgm"; cwebp -quiet -q 0 "$work/p.pgm" -o webp/16383x3.webp
    picture 20 11 "$p"; cwebp -quiet "$p" -o "$work/1.webp"
    picture 31 17 "$p"; cwebp -quiet -lossless "$p" -o "$work/2.webp"
    # The canvas holds both frames: (40 + 31) x (50 + 17).
    webpmux -frame "$work/1.webp" +100+6+8 -frame "$work/2.webp" +100+40+50 -loop 0 -o webp/animated-canvas-larger-than-frames.webp 2>"$work/log"
    picture 87 55 "$work/a.png"; picture 87 55 "$work/b.png" -negate; img2webp -loop 0 "$work/a.png" "$work/b.png" -o webp/animated-full-frames.webp >"$work/log" 2>&1
}

tiff() {
    mkdir -p tiff
    local p="$work/p.tif"
    picture 91 57 "$p" -compress None
    tiffcp -L -s -r 16 -c lzw "$p" tiff/little-endian-strips-lzw.tif
    picture 92 58 "$p" -compress None; tiffcp -B -s -c zip:2 "$p" tiff/big-endian-deflate.tif
    picture 93 59 "$p" -compress None; tiffcp -8 -L -c zip "$p" tiff/bigtiff-little-endian.tif
    picture 94 60 "$p" -compress None; tiffcp -8 -B -c zip "$p" tiff/bigtiff-big-endian.tif
    picture 95 61 "$p" -compress None; tiffcp -t -w 32 -l 16 -c zip "$p" tiff/tiled.tif
    picture 96 62 tiff/jpeg.tif -compress JPEG -type TrueColor
    picture 97 63 "$p" -monochrome -depth 1 -compress None; tiffcp -c g3 "$p" tiff/ccitt-g3.tif
    picture 98 64 "$p" -monochrome -depth 1 -compress None; tiffcp -c g4 "$p" tiff/ccitt-g4.tif
    picture 99 65 "$p" -compress None; tiffcp -p separate -c packbits "$p" tiff/planar-packbits.tif
    picture 100 66 tiff/gray-16-bit.tif -colorspace Gray -depth 16 -compress Zip
    picture 101 67 tiff/cmyk.tif -colorspace CMYK -compress LZW
    picture 102 68 tiff/palette.tif -colors 16 -compress LZW -type Palette
    picture 103 69 "$work/1.tif" -compress LZW; picture 40 200 "$work/2.tif" -compress LZW; picture 300 30 "$work/3.tif" -compress LZW
    tiffcp "$work/1.tif" "$work/2.tif" "$work/3.tif" tiff/pages-of-different-size.tif
    picture 104 70 "$p" -compress None; tiffcp -c zip "$p" tiff/orientation-6.tif; tiffset -s 274 6 tiff/orientation-6.tif
}

heif() {
    mkdir -p avif heic
    local p="$work/p.png" q="$work/q.png" alpha="-alpha set -channel A -evaluate set 40% +channel"
    av() { avifenc -s 10 "$@" >"$work/avif.log"; }
    picture 111 73 "$p"; av "$p" avif/still.avif
    picture 113 74 "$p" $alpha; av "$p" avif/alpha.avif
    picture 114 75 "$p" -depth 16; av -d 10 "$p" avif/10-bit.avif
    picture 115 76 "$p" -depth 16; av -d 12 -y 444 "$p" avif/12-bit-444.avif
    picture 116 77 "$p" -colorspace Gray; av -y 400 "$p" avif/monochrome.avif
    picture 117 78 "$p"; av --irot 1 "$p" avif/rotated-irot.avif
    picture 118 79 "$p"; av --irot 3 --imir 1 "$p" avif/rotated-and-mirrored.avif
    picture 120 80 "$p"; av --crop 10,10,64,32 -y 444 "$p" avif/clean-aperture.avif
    picture 256 144 "$p"; av --grid 2x2 "$p" avif/grid-2x2.avif
    picture 192 256 "$p" $alpha; av --grid 3x1 "$p" avif/grid-3x1-alpha.avif
    picture 121 81 "$p"; picture 121 81 "$q" -negate; av "$p" "$q" avif/sequence.avif
    picture 122 82 "$work/p.jpg"; exiftool -q -overwrite_original -Orientation#=6 -Make=Maker "$work/p.jpg"; av "$work/p.jpg" avif/exif.avif
    picture 123 83 "$p"; heif-enc -A "$p" -o avif/libheif.avif 2>"$work/log"
    picture 1 2 "$p"; av "$p" avif/1x2.avif

    picture 130 86 "$p"; heif-enc "$p" -o heic/still.heic 2>"$work/log"
    # libheif codes odd lengths as even and crops them with a grid of one tile, so 132x86 is in this file too.
    picture 131 85 "$p"; heif-enc "$p" -o heic/odd-size-as-grid.heic 2>"$work/log"
    picture 132 86 "$p"; heif-enc -t 40 "$p" -o heic/thumbnail.heic 2>"$work/log"
    picture 138 92 "$p" $alpha; heif-enc "$p" -o heic/alpha.heic 2>"$work/log"
    picture 134 88 "$p" -depth 16; heif-enc -b 10 "$p" -o heic/10-bit.heic 2>"$work/log"
    picture 135 89 "$work/p.jpg"; exiftool -q -overwrite_original "-ThumbnailImage<=jpeg/1x3.jpg" -Orientation#=6 -Make=Maker "$work/p.jpg"
    heif-enc "$work/p.jpg" -o heic/exif-orientation-6.heic 2>"$work/log"
    picture 136 90 "$p"; picture 70 150 "$q"; heif-enc "$p" "$q" -o heic/two-images.heic 2>"$work/log"
    picture 80 64 "$p"; heif-enc "$p" "$p" "$p" "$p" -o heic/four-tiles.heic 2>"$work/log"
}

bmp() {
    mkdir -p bmp
    local p="$work/p.ppm"
    picture 41 23 "$p"; ppmtobmp -quiet -os2 "$p" >bmp/core-header-12.bmp
    picture 42 24 "$p"; ppmtobmp -quiet -windows "$p" >bmp/info-header-40.bmp
    picture 43 25 "$p" -monochrome; ppmtobmp -quiet -windows -bpp=1 "$p" >bmp/1-bit.bmp
    picture 44 26 "$p" +dither -colors 12; ppmtobmp -quiet -windows -bpp=4 "$p" >bmp/4-bit.bmp
    picture 45 27 BMP3:bmp/rle8.bmp -colors 16 -compress RLE -type Palette
    picture 46 28 "$work/p.png"
    ff -i "$work/p.png" -pix_fmt rgb565le bmp/16-bit-565.bmp
    ff -i "$work/p.png" -pix_fmt rgb555le -vf scale=47:29 bmp/16-bit-555.bmp
    ff -i "$work/p.png" -pix_fmt bgra -vf scale=28:19 bmp/32-bit.bmp
    picture 29 20 BMP:bmp/v5-header-124.bmp
}

wbmp() {
    mkdir -p wbmp
    picture 200 131 wbmp/lengths-of-two-bytes.wbmp -monochrome
    picture 9 5 wbmp/9x5.wbmp -monochrome
}

ico() {
    mkdir -p ico
    picture 16 12 "$work/16.png" -define png:color-type=6
    picture 48 30 "$work/48.png" -define png:color-type=6
    picture 32 20 "$work/32.png" -define png:color-type=6
    picture 256 192 "$work/256.png"
    picture 31 22 "$work/31.png" -define png:color-type=6
    icotool -c -o ico/largest-second.ico "$work/16.png" "$work/48.png" "$work/32.png"
    icotool -c -o ico/directory-disagrees.ico "$work/16.png" -r "$work/256.png"
    icotool -c --cursor -X 30 -Y 21 -o ico/cursor.cur "$work/16.png" "$work/31.png"
    convert "$work/31.png" ico/single.ico
}

psd() {
    mkdir -p psd
    picture 51 33 psd/rgb.psd
    picture 52 34 psd/gray-16-bit.psd -colorspace Gray -depth 16
    picture 53 35 psd/cmyk.psd -colorspace CMYK
    picture 54 36 "$work/whole.png"
    picture 20 14 "$work/layer.png"
    convert "$work/whole.png" "$work/whole.png" "$work/layer.png" -type TrueColor psd/layers.psd
    picture 55 37 PSB:psd/large-document.psb
}

pnm() {
    mkdir -p pnm
    local p="$work/p.ppm" kind
    picture 21 13 "$work/1.pbm" -monochrome
    picture 22 14 "$work/2.pgm" -colorspace Gray
    picture 23 15 "$work/3.ppm"
    pnmtopnm -plain "$work/1.pbm" >pnm/p1.pbm
    pnmtopnm -plain "$work/2.pgm" >pnm/p2.pgm
    pnmtopnm -plain "$work/3.ppm" >pnm/p3.ppm
    picture 24 16 pnm/p4.pbm -monochrome
    picture 25 17 pnm/p5.pgm -colorspace Gray
    picture 26 18 pnm/p6.ppm
    picture 27 19 pnm/p6-16-bit.ppm -depth 16
    picture 28 20 pnm/p7.pam -alpha set -channel A -evaluate set 50% +channel
    picture 29 21 "$work/p.pgm" -colorspace Gray; pamtopam <"$work/p.pgm" >pnm/p7-gray.pam
}

tga() {
    mkdir -p tga
    picture 31 19 TGA:tga/uncompressed.tga
    picture 32 20 TGA:tga/rle.tga -compress RLE
    picture 33 21 TGA:tga/gray.tga -colorspace Gray
    picture 34 22 TGA:tga/colour-mapped.tga -colors 16 -type Palette
    picture 35 23 TGA:tga/image-id.tga -set comment 'made for a test'
    picture 36 24 "$work/p.png"
    ff -i "$work/p.png" -pix_fmt bgr24 tga/footer-rle.tga
    ff -i "$work/p.png" -vf scale=37:25 -pix_fmt rgb555le tga/footer-16-bit.tga
    picture 38 26 "$work/p.ppm"; ppmtotga -quiet -norle -name=shelf "$work/p.ppm" >tga/netpbm.tga 2>"$work/log"
    picture 39 27 "$work/p.png"
    python3 -c 'import sys; from PIL import Image; Image.open(sys.argv[1]).convert("RGBA").save("tga/top-left-with-footer.tga", orientation=1, compression="tga_rle")' "$work/p.png"
}

jpeg2000() {
    mkdir -p jpeg2000
    local p="$work/p.png"
    jp2() { opj_compress -i "$p" "$@" >"$work/log"; }
    picture 141 91 "$p"; jp2 -r 20 -o jpeg2000/container.jp2
    picture 142 92 "$p"; jp2 -r 20 -o jpeg2000/codestream.j2k
    picture 143 93 "$p"; jp2 -r 20 -t 64,48 -o jpeg2000/tiled.jp2
    # The image is what lies between the offset and the size of the grid: 144x94 of 161x117.
    picture 144 94 "$p"; jp2 -r 20 -d 17,23 -o jpeg2000/image-offset.jp2
    picture 144 94 "$p"; jp2 -r 20 -d 17,23 -t 50,40 -T 5,3 -o jpeg2000/image-and-tile-offset.j2k
    picture 145 95 "$p" -alpha set -channel A -evaluate set 40% +channel; jp2 -r 20 -o jpeg2000/alpha.jp2
    picture 146 96 "$p" -colorspace Gray -depth 16; jp2 -r 20 -I -o jpeg2000/gray-16-bit.jp2
}

jpegxl() {
    mkdir -p jpegxl
    picture 151 97 "$work/p.png"
    cjxl --quiet --container=0 "$work/p.png" jpegxl/codestream.jxl 2>"$work/log"
    cjxl --quiet --container=1 "$work/p.png" jpegxl/container.jxl 2>"$work/log"
    cjxl --quiet --lossless_jpeg=1 jpeg/baseline.jpg jpegxl/recoded-jpeg.jxl 2>"$work/log"
}

other() {
    mkdir -p other
    picture 56 34 "$work/p.bmp"
    JxrEncApp -i "$work/p.bmp" -o other/jpeg-xr.jxr -q 80 >"$work/log"
    picture 57 35 "$work/p.png"; ff -i "$work/p.png" -pix_fmt gbrpf32le -compression zip1 other/openexr.exr
    picture 60 36 other/directdraw.dds -define dds:compression=dxt1
    picture 58 37 "$work/p.png"; ff -i "$work/p.png" other/quite-ok.qoi
}

video() {
    mkdir -p video
    clip() { ff -f lavfi -i testsrc=s=64x48:d=0.2:r=10 -pix_fmt yuv420p "$@"; }
    clip -c:v libx264 -preset veryslow video/mp4.mp4
    clip -c:v libx264 -preset veryslow -movflags faststart video/mp4-moov-first.mp4
    clip -c:v libx264 -preset veryslow -movflags frag_keyframe+empty_moov+default_base_moof video/mp4-fragmented.mp4
    clip -c:v libx264 -preset veryslow video/quicktime.mov
    clip -c:v mpeg4 video/3gpp.3gp
    clip -c:v libvpx video/webm.webm
    clip -c:v libx264 -preset veryslow video/matroska.mkv
    clip -c:v mjpeg -q:v 20 -pix_fmt yuvj420p video/avi-of-jpeg.avi
    clip -c:v libx264 -preset veryslow video/transport-stream.ts
    clip -c:v mpeg2video -r 25 -qscale 20 video/program-stream.mpg
    clip -c:v flv video/flash.flv
    clip -c:v wmv2 video/windows-media.wmv
    clip -c:v libtheora video/ogg.ogv
}

sound() {
    mkdir -p not-an-image
    tone() { ff -f lavfi -i sine=d=0.05:r=8000 "$@"; }
    tone not-an-image/riff-wave.wav
    tone -c:a aac not-an-image/mp4-audio.m4a
    tone -i jpeg/baseline.jpg -map 0 -map 1 -c:v copy -c:a libmp3lame -id3v2_version 3 not-an-image/mp3-with-cover.mp3
}

python3 -c 'import sys; from PIL import ImageCms; open(sys.argv[1], "wb").write(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())' "$work/srgb.icc"

for group in "${@:-jpeg png gif webp tiff heif bmp wbmp ico psd pnm tga jpeg2000 jpegxl other video sound}"; do
    for each in $group; do "$each"; done
done
