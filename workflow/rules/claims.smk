rule claims:
    """Judge every statement of the study, seed by seed."""
    input:
        plan=local(STUDY.claims_plan()),
        tables=SLICES,
        facts=STUDY.facts(),
        published=local("report/published.yaml"),
        thresholds=local("report/thresholds.yaml"),
        own=local(STUDY.own_claims()),
    output:
        f"{OUT}/claims.parquet",
    log:
        f"{OUT}/logs/claims.log",
    benchmark:
        f"{OUT}/benchmarks/claims.tsv"
    conda:
        "../../envs/report.yaml"
    params:
        code=STUDY.claims_code,
        tables=f"{OUT}/tables",
    shell:
        "python -m gridproof judge {input.plan:q} {output:q}"
        " --tables {params.tables:q} --templates report &> {log:q}"
