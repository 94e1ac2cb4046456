from gridproof.plan.stages import COLLECT, SLICE
from gridproof.tables.collect import KEYS

TABLES = list(KEYS)
SLICES = expand(
    "{out}/tables/{experiment}/{table}.parquet",
    out=OUT,
    experiment=STUDY.experiments,
    table=TABLES,
)


rule slice:
    """Write the tables of one experiment."""
    input:
        plan=lambda wildcards: local(STUDY.experiment_plan(wildcards)),
        metrics=STUDY.experiment_cells("metrics.parquet"),
        replicates=STUDY.experiment_cells("replicates.json"),
        batches=STUDY.experiment_cells("batches.parquet"),
        gradients=STUDY.experiment_cells("gradients.parquet"),
        predictions=STUDY.experiment_cells("predictions.parquet"),
        measured=STUDY.experiment_measurements,
    output:
        expand("{out}/tables/{{experiment}}/{table}.parquet", out=OUT, table=TABLES),
    log:
        f"{OUT}/logs/slice/{{experiment}}.log",
    benchmark:
        f"{OUT}/benchmarks/slice/{{experiment}}.tsv"
    conda:
        "../../envs/train.yaml"
    params:
        code=code_parameter(SLICE),
        folder=subpath(output[0], parent=True),
    shell:
        "python -m gridproof slice {input.plan:q} {params.folder:q} &> {log:q}"


rule collect:
    """Merge the tables of all experiments."""
    input:
        SLICES,
    output:
        expand("{out}/tables/{table}.parquet", out=OUT, table=TABLES),
    log:
        f"{OUT}/logs/collect.log",
    benchmark:
        f"{OUT}/benchmarks/collect.tsv"
    conda:
        "../../envs/train.yaml"
    params:
        code=code_parameter(COLLECT),
        folder=subpath(output[0], parent=True),
    shell:
        "python -m gridproof collect {params.folder:q} {input:q} &> {log:q}"
