from gridproof.files.layout import MEASURED


rule measure:
    """Measure what a cell's training did not record, from its weights after every epoch."""
    input:
        history="results/cells/{cell}/seeds-{seeds}/history.safetensors",
        data=ancient(STUDY.training_data),
    output:
        f"results/cells/{{cell}}/seeds-{{seeds}}/{MEASURED}",
    log:
        "results/logs/measure/{cell}/{seeds}.log",
    benchmark:
        "results/benchmarks/measure/{cell}/{seeds}.tsv"
    conda:
        "../../envs/train.yaml"
    params:
        code=STUDY.measurement_code,
        job=STUDY.measurement_job,
    shell:
        "python -m gridproof measure {params.job:q} {input.history:q} {output:q} &> {log:q}"
