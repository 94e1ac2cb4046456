from gridproof.rules.training_rules import TrainingRules

TRAINING = TrainingRules(STUDY)

for family in TRAINING.families():

    rule:
        """Train the replicates of a cell that are missing, on a GPU where its family uses one."""
        name:
            f"train_{family}"
        input:
            data=ancient(TRAINING.data),
        output:
            TRAINING.outputs(family),
        log:
            "results/logs/train/{cell}/{seeds}.log",
        benchmark:
            "results/benchmarks/train/{cell}/{seeds}.tsv"
        wildcard_constraints:
            cell=TRAINING.cells(family),
        priority: TRAINING.priority
        conda:
            "../../envs/train.yaml"
        threads: TRAINING.threads
        resources:
            **TRAINING.resources(family),
        params:
            job=TRAINING.job,
        shell:
            "python -m gridproof train {params.job:q} &> {log:q}"


rule train:
    """Every cell that the study asks for, and nothing made of them: `snakemake train`."""
    input:
        TRAINING.files(),
