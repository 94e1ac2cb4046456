from gridproof.files.layout import ASSEMBLED, DRY_FILES, IMAGE_FILES
from gridproof.plan.needs import Needs

NEEDS = Needs(STUDY.study)


def training_memory(wildcards, attempt):
    return NEEDS.memory_mb(STUDY.cell(wildcards), attempt)


def training_minutes(wildcards, attempt):
    return NEEDS.runtime_minutes(STUDY.cell(wildcards), attempt)


rule train:
    """Train the replicates of a cell that are missing; networks on a GPU where there is one."""
    input:
        data=ancient(STUDY.training_data),
    output:
        expand("results/cells/{{cell}}/seeds-{{seeds}}/{file}", file=ASSEMBLED),
    log:
        "results/logs/train/{cell}/{seeds}.log",
    benchmark:
        "results/benchmarks/train/{cell}/{seeds}.tsv"
    wildcard_constraints:
        cell=STUDY.cells_of_rule("train"),
    priority: STUDY.training_priority
    conda:
        "../../envs/train.yaml"
    threads: STUDY.training_threads
    resources:
        mem_mb=training_memory,
        runtime=training_minutes,
    params:
        job=STUDY.training_job,
    shell:
        "python -m gridproof train {params.job:q} &> {log:q}"


use rule train as train_on_gpu with:
    output:
        expand("results/cells/{{cell}}/seeds-{{seeds}}/{file}", file=IMAGE_FILES),
    wildcard_constraints:
        cell=STUDY.cells_of_rule("train_on_gpu"),
    resources:
        gpu=1,
        mem_mb=training_memory,
        runtime=training_minutes,


use rule train as fit with:
    output:
        expand("results/cells/{{cell}}/seeds-{{seeds}}/{file}", file=IMAGE_FILES),
    wildcard_constraints:
        cell=STUDY.cells_of_rule("fit"),


use rule train as try_out with:
    output:
        expand("results/cells/{{cell}}/seeds-{{seeds}}/{file}", file=DRY_FILES),
    wildcard_constraints:
        cell=STUDY.cells_of_rule("try_out"),
