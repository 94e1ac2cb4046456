rule data:
    """Turn a data source into prepared data: rows, for images their pixels, and facts."""
    output:
        parquet="results/data/{data}/data.parquet",
        facts="results/data/{data}/facts.json",
    log:
        "results/logs/data/{data}.log",
    benchmark:
        "results/benchmarks/data/{data}.tsv"
    wildcard_constraints:
        data=STUDY.data_of_kind("places"),
    conda:
        "../../envs/train.yaml"
    params:
        code=code_parameter("gridproof.parts.kinds.prepare_table"),
        job=STUDY.data_job,
    shell:
        "python -m gridproof data {params.job:q} &> {log:q}"


use rule data as images with:
    output:
        parquet="results/data/{data}/data.parquet",
        images="results/data/{data}/images.npy",
        facts="results/data/{data}/facts.json",
    wildcard_constraints:
        data=STUDY.data_of_kind("images"),
    params:
        code=code_parameter("gridproof.parts.kinds.images.prepare_images"),
        job=STUDY.data_job,


rule features:
    """Compute what a frozen backbone makes of every image, once for all probes."""
    input:
        images=ancient(STUDY.feature_images),
    output:
        parquet="results/data/{data}/data.parquet",
        features="results/data/{data}/features.npy",
        facts="results/data/{data}/facts.json",
    log:
        "results/logs/data/{data}.log",
    benchmark:
        "results/benchmarks/data/{data}.tsv"
    wildcard_constraints:
        data=STUDY.data_of_kind("features"),
    priority: 1e12
    conda:
        "../../envs/train.yaml"
    threads: STUDY.feature_threads
    resources:
        gpu=1,
    params:
        job=STUDY.data_job,
    shell:
        "python -m gridproof features {params.job:q} &> {log:q}"
