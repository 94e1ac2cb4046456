import pytest

from gridproof.errors import GridproofError
from gridproof.report.citations import Citations, read_references
from report.conftest import TEMPLATES, WORDS

REFERENCES = read_references([WORDS, TEMPLATES])


def test_cited_works_are_listed_and_no_others():
    """The list is in the order of authors, each work once."""
    citations = Citations(REFERENCES)
    assert citations.cite("serra2018") == "[Serra et al. (2018)](https://arxiv.org/abs/1711.02114)"
    assert citations.cite("ioffe2015").startswith("[Ioffe and Szegedy (2015)](")
    citations.cite("serra2018")
    first, second = citations.listed()
    assert first.startswith("Ioffe, Szegedy (2015). [Batch Normalization")
    assert second.startswith("Serra, Tjandraatmadja, Ramalingam (2018).")


def test_unknown_key_names_the_nearest():
    """A misspelled key stops the build."""
    with pytest.raises(GridproofError, match=r"'sera2018', did you mean 'serra2018'\?"):
        Citations(REFERENCES).cite("sera2018")


def test_malformed_file_is_named(tmp_path):
    """An unknown key of a work is an error with the file's name."""
    path = tmp_path / "references.yaml"
    path.write_text("a2000: {authors: [A], year: 2000, title: T, were: W, url: U}")
    with pytest.raises(GridproofError, match=r"references\.yaml"):
        read_references([tmp_path])
