"""The source `folder`: a user's own images."""

import os
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from data.image_files import COUNTS, SIZE, folder_options, noise, write_class
from gridproof.errors import GridproofError
from gridproof.parts.data import folder
from gridproof.parts.kinds.images.decode import UnusableImageError, decode

KNOWN = ".jpg, .jpeg, .jpe, .jfif, .png, .webp"


@pytest.fixture
def together(tmp_path: Path) -> Path:
    """A folder with real/ and fake/, four images each, which is just enough."""
    root = tmp_path / "faces"
    write_class(root / "real", 4, 1)
    write_class(root / "fake", 4, 2)
    return root


@pytest.fixture
def divided(tmp_path: Path) -> Path:
    """A folder with train/, val/ and test/, each with more images than are asked for."""
    root = tmp_path / "faces"
    for place, split in enumerate(COUNTS):
        write_class(root / split / "real", 3, 2 * place)
        write_class(root / split / "fake", 3, 2 * place + 1)
    return root


def refusal(path: Path, **changes: object) -> str:
    """Return the message with which a folder is refused."""
    with pytest.raises(GridproofError) as caught:
        list(folder.load(folder_options(path, **changes)).images())
    return str(caught.value)


def test_classes_are_what_the_folders_say(divided: Path) -> None:
    """Rows come by split, fake before real, names in order, half of the count each."""
    frame = folder.load(folder_options(divided)).frame
    for split, count in COUNTS.items():
        rows = frame[frame["split"] == split]
        assert rows["label"].tolist() == [0] * (count // 2) + [1] * (count // 2)
        for name, label in zip(rows["image"], rows["label"], strict=True):
            assert name.startswith(f"{split}/{('fake', 'real')[label]}/")
            assert (divided / name).is_file()
    assert frame["split"].tolist() == ["train"] * 4 + ["val"] * 2 + ["test"] * 2


def test_undivided_files_serve_one_split_each(together: Path) -> None:
    """The seed divides the files: each is used once, and another seed divides otherwise."""
    divisions = set()
    for seed in range(4):
        frame = folder.load(folder_options(together, seed=seed)).frame
        assert sorted(frame["image"]) == sorted(
            f"{name}/{number}.png" for name in ("real", "fake") for number in range(4)
        )
        divisions.add(tuple(frame["image"]))
    assert len(divisions) > 1


def test_source_files_and_names_follow_the_rows(together: Path) -> None:
    """What identifies the data are the files that are taken, by content and by name."""
    frame = folder.load(folder_options(together)).frame
    assert [
        path.relative_to(together).as_posix()
        for path in folder.source_files(folder_options(together))
    ] == (frame["image"].tolist())
    before = folder.source_names(folder_options(together))
    (together / "real" / "0.png").rename(together / "real" / "00.png")
    assert folder.source_names(folder_options(together)) != before


def test_other_files_are_ignored(together: Path) -> None:
    """Notes, hidden files and folders of other names do not disturb; suffixes have any case."""
    (together / "real" / "notes.txt").write_text("x")
    (together / "real" / "._0.png").write_text("x")
    (together / "other").mkdir()
    (together / "real" / "0.png").rename(together / "real" / "0.PNG")
    assert len(list(folder.load(folder_options(together)).images())) == 8


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_mode_becomes_rgb(mode: str, tmp_path: Path) -> None:
    """An image of one shade of grey is that shade in whatever mode it is stored."""
    shade = 255 if mode == "1" else 85
    image = Image.new("L", (90, 70), shade)
    if mode == "I;16":
        image = Image.fromarray(np.full((70, 90), shade * 257, dtype=np.uint16))
    elif mode == "P":
        image = image.convert("RGB").quantize(4)
    elif mode != "L":
        image = image.convert("RGB").convert(mode)
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    image.save(path)
    with Image.open(path) as stored:
        assert stored.mode == mode
    pixels = decode(path, SIZE)
    assert pixels.shape == (SIZE, SIZE, 3)
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - shade).max() <= (2 if mode == "CMYK" else 0)


@pytest.mark.parametrize(
    ("suffix", "kind"), [(".webp", "WEBP"), (".JFIF", "JPEG"), (".jpe", "JPEG")]
)
def test_images_of_other_suffixes_are_images(suffix: str, kind: str, together: Path) -> None:
    """What a camera, a browser or a scraper writes is not passed over."""
    with Image.open(together / "real" / "0.png") as image:
        image.save(together / "real" / f"9{suffix}", kind)
    (together / "real" / "0.png").unlink()
    frame = folder.load(folder_options(together)).frame
    assert f"real/9{suffix}" in set(frame["image"])


def test_animated_webp_is_refused(tmp_path: Path) -> None:
    """As an animated PNG is."""
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], duration=100)
    with pytest.raises(UnusableImageError, match="it is animated, found 2 frames"):
        decode(tmp_path / "a.webp", SIZE)


def test_what_is_left_out_is_said(together: Path) -> None:
    """Files of other kinds and nested folders, where there are enough images without them."""
    options = folder_options(together)
    assert "Left out" not in folder.origin(options, folder.load(options))
    (together / "real" / "notes.txt").write_text("notes")
    (together / "fake" / "a.gif").write_bytes(b"GIF89a")
    (together / "fake" / "b.GIF").write_bytes(b"GIF89a")
    (together / "fake" / "more").mkdir()
    told = folder.origin(options, folder.load(options))
    assert told.endswith(
        "Left out, with their numbers: .gif (2), .txt (1), folders in those of the classes (1)."
    )


def write_greys(root: Path, bits: int) -> None:
    """Write four images a class of 16-bit grey that fill so many of the bits."""
    for place, name in enumerate(("real", "fake")):
        (root / name).mkdir(parents=True)
        for number in range(4):
            values = np.random.default_rng(10 * place + number).integers(0, 2**bits, (70, 90))
            values[0, 0] = 2**bits - 1
            Image.fromarray(values.astype(np.uint16)).save(root / name / f"{number}.png")


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_shallow_images_of_sixteen_bits_are_not_taken_for_black_ones(
    bits: int, tmp_path: Path
) -> None:
    """The message says what to say; with it the images have their range."""
    write_greys(tmp_path / "faces", bits)
    assert f"found no value above {2**bits - 1} in the 16-bit images" in refusal(tmp_path / "faces")
    assert f"say `bits: {bits}`" in refusal(tmp_path / "faces")
    images = list(folder.load(folder_options(tmp_path / "faces", bits=bits)).images())
    assert np.mean(images) == pytest.approx(127, abs=4)
    dark = list(folder.load(folder_options(tmp_path / "faces", bits=16)).images())
    assert np.max(dark) <= 2 ** (bits - 8)


def test_deeper_values_than_said_are_refused(tmp_path: Path) -> None:
    """By their files; images of all sixteen bits need nothing said."""
    write_greys(tmp_path / "faces", 16)
    told = refusal(tmp_path / "faces", bits=12)
    assert "8 of 8 files cannot be used" in told
    assert "it has the value 65535, expected at most 4095 (bits: 12)" in told
    images = list(folder.load(folder_options(tmp_path / "faces")).images())
    assert np.mean(images) == pytest.approx(127, abs=4)


def test_transparency_is_white(tmp_path: Path) -> None:
    """What cannot be seen is white, what is half seen is half white."""
    layer = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    layer.paste((0, 0, 0, 128), (32, 0, 64, 64))
    layer.save(tmp_path / "a.png")
    pixels = decode(tmp_path / "a.png", SIZE)
    assert (pixels[:, :30] == 255).all()
    assert np.abs(pixels[:, 34:].astype(int) - 127).max() <= 1


def test_exif_rotation_is_applied(tmp_path: Path) -> None:
    """A photograph taken with the camera on its side stands upright."""
    image = Image.new("RGB", (64, 64), "black")
    image.paste("white", (0, 0, 64, 32))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "a.png", exif=exif)
    pixels = decode(tmp_path / "a.png", SIZE)
    assert (pixels[:, :30] == 0).all()
    assert (pixels[:, 34:] == 255).all()


@pytest.mark.parametrize(("height", "width"), [(80, 200), (200, 80), (64, 64), (3, 500)])
def test_size_and_crop_are_those_of_torchvision(height: int, width: int, tmp_path: Path) -> None:
    """Inside, the result is torchvision's: shorter side resized with antialiasing, centre cut."""
    from torchvision.transforms import v2

    image = Image.fromarray(
        np.linspace(0, 255, height * width * 3).reshape(height, width, 3).astype(np.uint8)
    )
    image.save(tmp_path / "a.png")
    expected = np.asarray(v2.CenterCrop(SIZE)(v2.Resize(SIZE)(image))).astype(int)
    found = decode(tmp_path / "a.png", SIZE).astype(int)
    assert np.abs(found - expected)[2:-2, 2:-2].mean() < 4


def _png_of(width: int, height: int) -> bytes:
    """Return a PNG whose header alone claims a size."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT\x35\xaf\x06\x1e"


def _write_bad(path: Path, kind: str) -> None:
    noise(0).save(path)
    content = path.read_bytes()
    match kind:
        case "zero bytes":
            path.write_bytes(b"")
        case "truncated":
            path.write_bytes(content[: len(content) // 2])
        case "corrupt":
            path.write_bytes(content[:60] + bytes(200) + content[260:])
        case "text":
            path.write_text("no image at all")
        case "gif":
            noise(0).save(path, format="GIF")
        case "animated":
            noise(0).save(path, save_all=True, append_images=[noise(1)])
        case "huge":
            path.write_bytes(_png_of(20_000, 20_000))
        case "bomb":
            path.write_bytes(_png_of(11_000, 11_000))


BAD_FILES = {
    "zero bytes": "it is empty, expected a JPEG, PNG or WebP image",
    "truncated": "it is damaged or cannot be read",
    "corrupt": "it is damaged or cannot be read",
    "text": "it is no JPEG, PNG or WebP image, it starts with the bytes b'no image at '",
    "gif": "it is no JPEG, PNG or WebP image, it starts with the bytes b'GIF8",
    "animated": "it is animated, found 2 frames, expected one",
    "huge": "it is too large to decode safely",
    "bomb": "it is too large to decode safely",
}


@pytest.mark.parametrize(("kind", "message"), BAD_FILES.items(), ids=BAD_FILES)
def test_unusable_file_is_named(kind: str, message: str, together: Path) -> None:
    """A file that is no usable image is told by name, with what is wrong."""
    path = together / "real" / "2.png"
    _write_bad(path, kind)
    text = refusal(together)
    assert text.startswith("1 of 8 files cannot be used")
    assert f"{path}: {message}" in text


def test_all_unusable_files_are_told_at_once(tmp_path: Path) -> None:
    """Ten are named, the rest is counted."""
    write_class(tmp_path / "real", 6, 1)
    write_class(tmp_path / "fake", 6, 2)
    for path in tmp_path.glob("*/*.png"):
        path.write_bytes(b"")
    text = refusal(tmp_path, counts={"train": 4, "val": 4, "test": 4})
    assert text.startswith("12 of 12 files cannot be used")
    assert text.count("it is empty") == 10
    assert text.endswith("and 2 more")


def test_missing_folder_is_named_with_the_nearest(together: Path) -> None:
    """A misspelled class folder is told with what may be meant."""
    (together / "real").rename(together / "Real")
    text = refusal(together)
    assert text.startswith(f"{together}: found the folders Real, fake, expected the folders train")
    assert text.endswith("real is missing (is it Real?)")


def test_missing_split_is_named(divided: Path) -> None:
    """A divided folder needs all three splits."""
    (divided / "val").rename(divided / "valid")
    assert refusal(divided).endswith("val is missing (is it valid?)")


def test_two_layouts_at_once_are_refused(divided: Path) -> None:
    """Nobody can tell which of them is meant."""
    (divided / "real").mkdir()
    assert "found the folders train, val, test, real, expected either" in refusal(divided)


def test_folder_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    """A path that is wrong altogether is told."""
    assert refusal(tmp_path / "none").startswith(f"{tmp_path / 'none'} does not exist")
    (tmp_path / "file").write_text("x")
    assert refusal(tmp_path / "file").startswith(f"{tmp_path / 'file'} is a file, expected")
    (tmp_path / "empty").mkdir()
    assert "found no folders, expected the folders train" in refusal(tmp_path / "empty")


def test_too_few_images_are_counted(together: Path) -> None:
    """An empty class folder and one that is short are told with what was expected."""
    counts = {"train": 6, "val": 2, "test": 2}
    assert refusal(together, counts=counts).endswith(
        f"fake: found 4 images ({KNOWN}), expected at least 5, half of all counts "
        "together: add images, or lower the counts of this data in the study"
    )
    for path in (together / "fake").iterdir():
        path.rename(path.with_suffix(".tiff"))
    told = f"found 0 images ({KNOWN}; files of other kinds: 4), expected at least 4"
    assert f"{together / 'fake'}: {told}" in refusal(together)


def test_name_that_is_no_text_is_refused(together: Path) -> None:
    """A file name in another encoding than UTF-8 cannot stand in a table: it is told."""
    (together / "real" / "2.png").rename(os.fsdecode(bytes(together / "real") + b"/caf\xe9.png"))
    assert refusal(together) == (
        f"{together / 'real'}: found a file called b'caf\\xe9.png', expected names in UTF-8; "
        "rename it"
    )


def test_link_in_a_circle_is_an_unusable_file(together: Path) -> None:
    """A symbolic link that leads to itself is told like any file that cannot be read."""
    path = together / "real" / "2.png"
    path.unlink()
    path.symlink_to(path)
    assert f"{path}: it is damaged or cannot be read (Too many levels" in refusal(together)


@pytest.mark.skipif(shutil.which("setpriv") is None and os.geteuid() == 0, reason="root reads all")
def test_unreadable_file_is_told(tmp_path: Path) -> None:
    """A file without the permission to read gives the same form of message."""
    path = tmp_path / "secret.png"
    noise(0).save(path)
    path.chmod(0)
    if os.geteuid():
        with pytest.raises(UnusableImageError, match="Permission denied"):
            decode(path, SIZE)
        return
    program = (
        "import sys, pathlib; from gridproof.parts.kinds.images.decode import decode\n"
        f"try: decode(pathlib.Path({str(path)!r}), 64)\nexcept Exception as error: print(error)"
    )
    command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
    done = subprocess.run(
        [*command, "--reuid=65534", "--clear-groups", sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"another user cannot run Python here: {done.stderr.strip()[-200:]}")
    assert "Permission denied" in done.stdout


def test_classes_may_be_other_folders(tmp_path: Path) -> None:
    """The study names them; the second is the one whose probability a score is."""
    write_class(tmp_path / "dog", 4, 1)
    write_class(tmp_path / "cat", 4, 2)
    chosen = folder_options(tmp_path, classes=["dog", "cat"])
    data = folder.load(chosen)
    assert data.class_names == ("dog", "cat")
    for name, label in zip(data.frame["image"], data.frame["label"], strict=True):
        assert name.startswith(("dog/", "cat/")[label])
    assert "Which images are cat is what the folders say." in folder.origin(chosen, data)
    assert folder.source_names(chosen)[0].startswith("train/dog/dog/")
    (tmp_path / "cat").rename(tmp_path / "cats")
    assert refusal(tmp_path, classes=["dog", "cat"]).endswith(
        "expected the folders train, val and test with cat and dog in each, or the folders cat "
        "and dog; cat is missing (is it cats?)"
    )


@pytest.mark.parametrize("classes", [["cat"], ["cat", "cat"], ["cat", "dog", "owl"], ["a", "val"]])
def test_classes_are_two_folders(classes: list[str], tmp_path: Path) -> None:
    """The models of images tell two classes apart."""
    with pytest.raises(ValidationError, match="two names of folders, such as"):
        folder_options(tmp_path, classes=classes)
