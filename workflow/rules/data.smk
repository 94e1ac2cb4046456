rule data:
    """Turn a data source into one Parquet file and a JSON of facts."""
    output:
        parquet="results/data/{data}/data.parquet",
        facts="results/data/{data}/facts.json",
    log:
        "results/logs/data/{data}.log",
    benchmark:
        "results/benchmarks/data/{data}.tsv"
    conda:
        "../../envs/train.yaml"
    params:
        code=code_parameter("gridproof.data.prepare"),
        job=STUDY.data_job,
    shell:
        "python -m gridproof data {params.job:q} &> {log:q}"
