from snakemake.utils import min_version

min_version("9.27")


include: "workflow/rules/study.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/measure.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/sliders.smk"
include: "workflow/rules/report.smk"


rule all:
    """Everything that the study asks for: cells, tables, figures and the report."""
    default_target: True
    input:
        rules.train.input,
        rules.collect.output,
        FIGURES.files(".png"),
        FIGURES.files(".svg"),
        FIGURES.animations(),
        rules.claims.output,
        rules.report.output,
