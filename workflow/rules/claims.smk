rule claims:
    """Judge every statement of the study, seed by seed."""
    input:
        plan=STUDY.claims_plan(),
        tables=expand(
            "{out}/tables/{experiment}/{table}.parquet",
            out=OUT,
            experiment=STUDY.experiments,
            table=TABLES,
        ),
        facts=STUDY.facts(),
        published="report/published.yaml",
        thresholds="report/thresholds.yaml",
        own=STUDY.own_claims(),
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
