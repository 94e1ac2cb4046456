from gridproof.rules.data_rules import DataRules

DATA = DataRules(STUDY)

for kind in DATA.kinds():

    rule:
        """Turn a source, or other data, into prepared data of one kind, and facts about them."""
        name:
            f"prepare_{kind}"
        input:
            ancient(DATA.base),
        output:
            DATA.outputs(kind),
        log:
            "results/logs/data/{data}.log",
        benchmark:
            "results/benchmarks/data/{data}.tsv"
        wildcard_constraints:
            data=DATA.folders(kind),
        priority: DATA.priority(kind)
        conda:
            "../../envs/train.yaml"
        threads: DATA.kind(kind).threads
        resources:
            **DATA.resources(kind),
        params:
            code=DATA.code,
            job=DATA.job,
        shell:
            "python -m gridproof data {params.job:q} &> {log:q}"
