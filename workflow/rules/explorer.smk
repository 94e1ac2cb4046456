from gridproof.rules.explorers import Explorers
from gridproof.plan.stages import EXPLORE

EXPLORERS = Explorers(STUDY.study)


rule explorer:
    """Draw what an experiment's networks predict after some epochs, for the page's sliders."""
    input:
        tables=expand("{out}/tables/{{experiment}}/{table}.parquet", out=OUT, table=TABLES),
        data=EXPLORERS.data,
        histories=EXPLORERS.histories,
    output:
        f"{OUT}/figures/{{experiment}}/explorer.json",
    log:
        f"{OUT}/logs/explorer/{{experiment}}.log",
    benchmark:
        f"{OUT}/benchmarks/explorer/{{experiment}}.tsv"
    wildcard_constraints:
        experiment=EXPLORERS.names(),
    conda:
        "../../envs/report.yaml"
    params:
        code=code_parameter(EXPLORE),
        options=EXPLORERS.options,
    shell:
        "python -m gridproof explorer {params.options:q} --out {output:q} &> {log:q}"
