from gridproof.rules.figure_rules import FigureRules
from gridproof.rules.study_rules import package_file

FIGURES = FigureRules(STUDY)


rule picture:
    """Draw a data set, as its kind is looked at."""
    input:
        FIGURES.picture_data,
        style=local(package_file("kit/style.mplstyle")),
    output:
        png=report(
            f"{OUT}/figures/data/{{name}}.png",
            caption="../report/figure.rst",
            category="data",
        ),
        svg=f"{OUT}/figures/data/{{name}}.svg",
        alt=f"{OUT}/figures/data/{{name}}.json",
    log:
        f"{OUT}/logs/picture/{{name}}.log",
    benchmark:
        f"{OUT}/benchmarks/picture/{{name}}.tsv"
    wildcard_constraints:
        name=FIGURES.pictured_data(),
    conda:
        "../../envs/report.yaml"
    params:
        code=FIGURES.picture_code,
        job=FIGURES.picture_job,
        caption=FIGURES.picture_caption,
    shell:
        "python -m gridproof figure {params.job:q} --png {output.png:q} --svg {output.svg:q}"
        " &> {log:q}"


rule figure:
    """Draw one figure of one experiment."""
    input:
        tables=TABLES.slice("{experiment}"),
        data=FIGURES.data,
        weights=FIGURES.weights,
        style=local(package_file("kit/style.mplstyle")),
    output:
        png=report(
            f"{OUT}/figures/{{experiment}}/{{figure}}.png",
            caption="../report/figure.rst",
            category="{experiment}",
        ),
        svg=f"{OUT}/figures/{{experiment}}/{{figure}}.svg",
        alt=f"{OUT}/figures/{{experiment}}/{{figure}}.json",
    log:
        f"{OUT}/logs/figure/{{experiment}}/{{figure}}.log",
    benchmark:
        f"{OUT}/benchmarks/figure/{{experiment}}/{{figure}}.tsv"
    conda:
        "../../envs/report.yaml"
    params:
        code=FIGURES.code,
        job=FIGURES.job,
        caption=FIGURES.caption,
    shell:
        "python -m gridproof figure {params.job:q} --png {output.png:q} --svg {output.svg:q}"
        " &> {log:q}"


rule animation:
    """Draw what one figure shows epoch by epoch."""
    input:
        tables=TABLES.slice("{experiment}"),
        data=FIGURES.data,
        weights=FIGURES.weights,
        style=local(package_file("kit/style.mplstyle")),
    output:
        f"{OUT}/figures/{{experiment}}/{{figure}}.gif",
    log:
        f"{OUT}/logs/animation/{{experiment}}/{{figure}}.log",
    benchmark:
        f"{OUT}/benchmarks/animation/{{experiment}}/{{figure}}.tsv"
    conda:
        "../../envs/report.yaml"
    params:
        code=FIGURES.animation_code,
        job=FIGURES.job,
    shell:
        "python -m gridproof animation {params.job:q} --gif {output:q} &> {log:q}"
