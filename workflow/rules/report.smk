from gridproof.rules.report_rules import ReportRules

REPORT = ReportRules(STUDY)


rule report:
    """Write the report from tables, figures, verdicts and words."""
    input:
        plan=local(REPORT.plan()),
        tables=rules.collect.output,
        slices=TABLES.slices(),
        figures=FIGURES.files(".png"),
        vectors=FIGURES.files(".svg"),
        texts=FIGURES.files(".json"),
        animations=FIGURES.animations(),
        sliders=SLIDERS.files(),
        facts=CLAIMS.facts(),
        claims=rules.claims.output,
        templates=local(REPORT.templates()),
    output:
        f"{OUT}/report/index.html",
        f"{OUT}/report/report.md",
        f"{OUT}/report/workflow.svg",
    log:
        f"{OUT}/logs/report.log",
    benchmark:
        f"{OUT}/benchmarks/report.tsv"
    conda:
        "../../envs/report.yaml"
    params:
        code=REPORT.code,
        folder=subpath(output[0], parent=True),
        tables=TABLES.folder,
        figures=FIGURES.folder,
    shell:
        "python -m gridproof build {input.plan:q} {params.folder:q}"
        " --tables {params.tables:q} --figures {params.figures:q} --claims {input.claims:q}"
        " --code {params.code:q} &> {log:q}"
