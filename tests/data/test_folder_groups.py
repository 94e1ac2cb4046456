"""Images of a folder that belong together."""

from pathlib import Path

import pytest

from data.image_files import folder_options, write_class
from gridproof.errors import GridproofError
from gridproof.parts.data import folder
from gridproof.parts.data.folder_groups import divide_groups, read_groups


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """A folder with real/ and fake/, six images each."""
    write_class(tmp_path / "faces" / "real", 6, 1)
    write_class(tmp_path / "faces" / "fake", 6, 2)
    return tmp_path / "faces"


def write_groups(path: Path, groups: dict[str, str]) -> Path:
    """Write a file of groups."""
    rows = "".join(f"{image},{group}\n" for image, group in groups.items())
    path.write_text(f"image,group\n{rows}")
    return path


def pairs(n_pairs: int = 6) -> dict[str, str]:
    """Return groups of a real and a fake image of one person."""
    return {
        f"{name}/{number}.png": f"person {number}"
        for name in ("real", "fake")
        for number in range(n_pairs)
    }


def refusal(path: Path, groups: Path) -> str:
    """Return the message with which groups are refused."""
    with pytest.raises(GridproofError) as caught:
        folder.load(folder_options(path, groups=str(groups)))
    return str(caught.value)


@pytest.mark.parametrize("seed", range(5))
def test_groups_are_not_torn_apart(seed: int, faces: Path, tmp_path: Path) -> None:
    """Every person serves one split, and stands before the name of the image."""
    groups = write_groups(tmp_path / "groups.csv", pairs())
    frame = folder.load(folder_options(faces, groups=str(groups), seed=seed)).frame
    person, name = (frame["image"].str.split("//").str[place] for place in (0, 1))
    assert frame.groupby(person)["split"].nunique().eq(1).all()
    assert [pairs()[image] for image in name] == person.tolist()
    assert frame["split"].value_counts().to_dict() == {"train": 4, "val": 2, "test": 2}


def test_seed_decides_which_groups_are_tested() -> None:
    """Different seeds hold different people out, equal ones the same."""
    files = {name: [i for i in pairs() if i.startswith(name)] for name in ("real", "fake")}
    counts = {"train": 2, "val": 1, "test": 1}
    tested = [divide_groups(files, pairs(), counts, seed)["test", "real"] for seed in range(8)]
    assert len({*map(tuple, tested)}) > 1
    assert divide_groups(files, pairs(), counts, 3)["test", "real"] == tested[3]


def test_groups_decide_the_identity(faces: Path, tmp_path: Path) -> None:
    """The file is among those whose content makes the data, and the names tell the groups."""
    groups = write_groups(tmp_path / "groups.csv", pairs())
    options = folder_options(faces, groups=str(groups))
    assert folder.source_files(options)[-1] == groups
    assert "//real/" in "".join(folder.source_names(options))


def test_group_in_two_splits_is_refused(tmp_path: Path) -> None:
    """Where the folder divides the images, it must not part what belongs together."""
    groups = {}
    for split in ("train", "val", "test"):
        for name in ("real", "fake"):
            write_class(tmp_path / "faces" / split / name, 3, len(groups))
            groups |= {f"{split}/{name}/{n}.png": f"{split} {n}" for n in range(3)}
    path = write_groups(tmp_path / "groups.csv", groups)
    assert len(folder.load(folder_options(tmp_path / "faces", groups=str(path))).frame) == 8
    groups["test/fake/2.png"] = "train 0"
    write_groups(path, groups)
    assert "the group 'train 0' in two splits" in refusal(tmp_path / "faces", path)
    assert "'test/fake/2.png'" in refusal(tmp_path / "faces", path)


def test_groups_that_leave_too_few_images_are_refused(faces: Path, tmp_path: Path) -> None:
    """One person with most of the images takes them to one split."""
    groups = write_groups(tmp_path / "groups.csv", dict.fromkeys(pairs(), "the same"))
    assert "found 0 images of fake for val in 0 of 1 groups, expected at least 1" in refusal(
        faces, groups
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"real/9.png": "x"}, "found 1 images that the folder does not have, such as 'real/9.png'"),
        ({"real/0.png": ""}, "row 2, column 'group': found '', expected the name of a group"),
        ({"real/0.png": "a//b"}, "row 2, column 'group': found 'a//b', expected the name"),
        (None, "found no group of 1 of 12 images, such as 'real/5.png', expected one of each"),
    ],
)
def test_groups_are_checked(
    change: dict[str, str] | None, message: str, faces: Path, tmp_path: Path
) -> None:
    """Each image has one group, and each row an image."""
    groups = pairs()
    if change is None:
        del groups["real/5.png"]
    path = write_groups(tmp_path / "groups.csv", groups | (change or {}))
    assert message in refusal(faces, path)


def test_missing_file_and_image_of_two_groups_are_told(tmp_path: Path) -> None:
    """Both name the file."""
    with pytest.raises(GridproofError, match=r"none\.csv does not exist, expected a CSV file"):
        read_groups(tmp_path / "none.csv")
    (tmp_path / "two.csv").write_text("image,group\na.png,x\na.png,y\n")
    with pytest.raises(GridproofError, match="row 3, column 'group': found 'y', expected 'x'"):
        read_groups(tmp_path / "two.csv")
