from gridproof.rules.table_rules import TableRules

TABLES = TableRules(STUDY)


rule slice:
    """Write the tables of one experiment."""
    input:
        plan=lambda wildcards: local(TABLES.plan(wildcards)),
        metrics=TABLES.assembled("metrics.parquet"),
        replicates=TABLES.assembled("replicates.json"),
        batches=TABLES.assembled("batches.parquet"),
        gradients=TABLES.assembled("gradients.parquet"),
        predictions=TABLES.assembled("predictions.parquet"),
        measured=TABLES.measured,
    output:
        TABLES.slice("{experiment}"),
    log:
        f"{OUT}/logs/slice/{{experiment}}.log",
    benchmark:
        f"{OUT}/benchmarks/slice/{{experiment}}.tsv"
    conda:
        "../../envs/train.yaml"
    params:
        code=TABLES.slice_code,
        folder=subpath(output[0], parent=True),
    shell:
        "python -m gridproof slice {input.plan:q} {params.folder:q} &> {log:q}"


rule collect:
    """Merge the tables of all experiments."""
    input:
        TABLES.slices(),
    output:
        TABLES.collected(),
    log:
        f"{OUT}/logs/collect.log",
    benchmark:
        f"{OUT}/benchmarks/collect.tsv"
    conda:
        "../../envs/train.yaml"
    params:
        code=TABLES.collect_code,
        folder=subpath(output[0], parent=True),
    shell:
        "python -m gridproof collect {params.folder:q} {input:q} &> {log:q}"
