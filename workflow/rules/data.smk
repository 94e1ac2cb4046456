rule data:
    """Turn a source of places into one Parquet file and a JSON of facts."""
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
        code=code_parameter("gridproof.data.prepare"),
        job=STUDY.data_job,
    shell:
        "python -m gridproof data {params.job:q} &> {log:q}"


rule images:
    """Turn a source of images into one array, their labels and a JSON of facts."""
    output:
        parquet="results/data/{data}/data.parquet",
        images="results/data/{data}/images.npy",
        facts="results/data/{data}/facts.json",
    log:
        "results/logs/data/{data}.log",
    benchmark:
        "results/benchmarks/data/{data}.tsv"
    wildcard_constraints:
        data=STUDY.data_of_kind("images"),
    conda:
        "../../envs/train.yaml"
    params:
        code=code_parameter("gridproof.data.prepare_images"),
        job=STUDY.data_job,
    shell:
        "python -m gridproof data {params.job:q} &> {log:q}"


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
    conda:
        "../../envs/train.yaml"
    priority: 1e12
    threads: STUDY.feature_threads
    resources:
        gpu=1,
    params:
        job=STUDY.data_job,
    shell:
        "python -m gridproof features {params.job:q} &> {log:q}"
