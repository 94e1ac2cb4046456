from gridproof.files.layout import MEASURED
from gridproof.rules.measuring_rules import MeasuringRules

MEASURING = MeasuringRules(STUDY)


rule measure:
    """Measure what a cell's training did not record, from its weights."""
    input:
        weights=MEASURING.weights,
        data=ancient(MEASURING.data),
    output:
        f"results/cells/{{cell}}/seeds-{{seeds}}/{MEASURED}",
    log:
        "results/logs/measure/{cell}/{seeds}.log",
    benchmark:
        "results/benchmarks/measure/{cell}/{seeds}.tsv"
    conda:
        "../../envs/train.yaml"
    params:
        code=MEASURING.code,
        job=MEASURING.job,
    shell:
        "python -m gridproof measure {params.job:q} {input.weights:q} {output:q} &> {log:q}"
