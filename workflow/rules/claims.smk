from gridproof.rules.claim_rules import ClaimRules

CLAIMS = ClaimRules(STUDY)


rule claims:
    """Judge every statement of the study, seed by seed."""
    input:
        plan=local(CLAIMS.plan()),
        slices=TABLES.slices(),
        facts=CLAIMS.facts(),
        files=local(CLAIMS.files()),
    output:
        f"{OUT}/claims.parquet",
    log:
        f"{OUT}/logs/claims.log",
    benchmark:
        f"{OUT}/benchmarks/claims.tsv"
    conda:
        "../../envs/report.yaml"
    params:
        code=CLAIMS.code,
        tables=TABLES.folder,
    shell:
        "python -m gridproof judge {input.plan:q} {output:q} --tables {params.tables:q} &> {log:q}"
