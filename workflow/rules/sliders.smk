from gridproof.rules.slider_rules import SliderRules

SLIDERS = SliderRules(STUDY)


rule sliders:
    """Draw what an experiment's networks predict after some epochs, for the page's sliders."""
    input:
        tables=TABLES.slice("{experiment}"),
        data=SLIDERS.data,
        weights=SLIDERS.weights,
    output:
        f"{OUT}/figures/{{experiment}}/explorer.json",
    log:
        f"{OUT}/logs/sliders/{{experiment}}.log",
    benchmark:
        f"{OUT}/benchmarks/sliders/{{experiment}}.tsv"
    wildcard_constraints:
        experiment=SLIDERS.experiments(),
    conda:
        "../../envs/report.yaml"
    params:
        code=SLIDERS.code,
        job=SLIDERS.job,
    shell:
        "python -m gridproof sliders {params.job:q} {output:q} &> {log:q}"
