from gridproof.store.layout import ASSEMBLED


rule train:
    """Train the replicates of a cell that are missing, all seeds of a block together."""
    input:
        data=ancient(STUDY.training_data),
    output:
        expand("results/cells/{{cell}}/seeds-{{seeds}}/{file}", file=ASSEMBLED),
    log:
        "results/logs/train/{cell}/{seeds}.log",
    benchmark:
        "results/benchmarks/train/{cell}/{seeds}.tsv"
    priority: STUDY.training_priority
    conda:
        "../../envs/train.yaml"
    threads: STUDY.training_threads
    params:
        job=STUDY.training_job,
    shell:
        "python -m gridproof train {params.job:q} &> {log:q}"
