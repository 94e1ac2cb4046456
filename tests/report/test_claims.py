"""What the report says of the claims: counted on top, beside their experiment, one by one."""

import re

from draw.synthetic import synthetic_cell
from gridproof.report.claim_views import JudgedClaim
from gridproof.report.condition_words import number


def prose(markdown):
    """Return Markdown on one line, so that a sentence can be looked for."""
    return " ".join(markdown.split())


def add_batch_norm(study):
    """Add the pair of cells that the claims about batch normalisation compare."""
    measure = ("full_batches",)
    study.add(
        "batch_norm",
        [
            synthetic_cell("no batch_norm", final=1.58, batch_norm=False, measure=measure),
            synthetic_cell("batch_norm", position=1, final=0.3, batch_norm=True, measure=measure),
        ],
    )


def test_every_claim_stands_beside_its_experiment_and_leads_to_its_evidence(study):
    """Each link of the table has a target, in both forms."""
    add_batch_norm(study)
    markdown, page = study.build()
    links = re.findall(r"^\| \[([\w.-]+)\]\(#(claim-[\w-]+)\) \| `", markdown, re.MULTILINE)
    assert [name for name, _ in links] == [
        "bn-loss",
        "bn-accuracy",
        "bn-eval-better",
        "bn-eval-better-why",
        "bn-fewer-dead",
    ]
    for name, anchor in links:
        assert f"### Claim {name}\n" in markdown
        assert f'id="{anchor}"' in page


def test_summary_counts_the_verdicts(study):
    """Of so many statements, each kind of verdict once, and a row a section."""
    add_batch_norm(study)
    markdown, _ = study.build()
    (sentence,) = re.findall(r"Of 5 statements about these experiments,[^.]*\.", prose(markdown))
    assert sum(map(int, re.findall(r" (\d+) (?!statements)", sentence))) == 5
    assert re.search(r"^\| 6\.1\.2\.3 \|.* 5 \|$", markdown, re.MULTILINE)


def test_what_the_published_study_contradicts_itself_in_is_listed(study):
    """By rule: its own numbers fail the claim's rule, or its prose is off its figure."""
    add_batch_norm(study)
    text = prose(study.build()[0])
    study.add("shape", [synthetic_cell("one", depth=1, width=16)])
    text = prose(study.build()[0])
    assert "the prose says 1.75, the figure 1.55, read off" in text
    assert "the prose says 0.5, the figure" not in text
    assert "the prose says 0.8, the figure" not in text


def test_evidence_states_rule_numbers_thresholds_and_cells(study):
    """Nothing of a verdict has to be believed."""
    add_batch_norm(study)
    markdown, _ = study.build()
    evidence = markdown.split("### Claim bn-loss\n")[1].split("### Claim")[0]
    assert "Rule: The last validation loss without it is 1.5 nats" in evidence
    assert (
        "| `plain_loss` | 1.500 | nats | the stated loss without batch normalisation |" in evidence
    )
    assert "The published numbers meet this rule." in evidence
    assert "`cell-0-000000000001`" in evidence
    assert re.search(r"\d of 3 within", evidence)


def test_claim_that_cannot_be_tested_says_why(study):
    """What was not measured is named."""
    add_batch_norm(study)
    markdown, _ = study.build()
    evidence = markdown.split("### Claim bn-fewer-dead\n")[1].split("\n## ")[0]
    assert "It cannot be tested: no batch\\_norm: not measured" in evidence or (
        "It cannot be tested: no batch_norm: not measured" in evidence
    )


def test_study_without_published_experiments_has_no_claims(study):
    """A summary of nothing is left out."""
    study.add("mine", [synthetic_cell("one")])
    markdown, _ = study.build()
    assert "statements about these experiments" not in markdown
    assert "## Claims, one by one" not in markdown


def test_numbers_are_written_by_their_unit():
    """Counts whole, tiny ones as powers of ten, what diverged as such."""
    assert number(44.0, "steps") == "44"
    assert number(29500.0, "steps") == "29,500"
    assert number(7e-14, "squared norm") == "7.0e-14"
    assert number(0.0, "nats") == "0.000"
    assert number(None, "nats") == "none"
    assert number("-inf", "powers of ten") == "-inf"


def test_interval_of_equal_seeds_is_not_shown():
    """Counts have none."""
    claim = JudgedClaim(
        id="a",
        section="",
        experiment="shape",
        statement="So.",
        speculation=False,
        verdict="supported",
        comparability="arithmetic",
        compared_with="",
        seeds_held=2,
        seeds=2,
        published=float("nan"),
        ours=44.0,
        low=44.0,
        high=44.0,
        unit="steps",
        p_value=float("nan"),
        level=0.05,
        errors=float("inf"),
        in_print="",
        rule="",
        evidence={"reason": ""},
    )
    assert claim.shown == "44 steps"
    assert claim.printed == ""
