from gridproof.plan.stages import DRAW, folder_of_figures, folder_of_tables


rule data_map:
    """Draw the data on a map."""
    input:
        STUDY.map_data,
    output:
        png=report(
            f"{OUT}/figures/data/{{name}}.png",
            caption="../../report/captions/map.rst",
            category="data",
        ),
        svg=f"{OUT}/figures/data/{{name}}.svg",
        alt=f"{OUT}/figures/data/{{name}}.json",
    log:
        f"{OUT}/logs/data_map/{{name}}.log",
    benchmark:
        f"{OUT}/benchmarks/data_map/{{name}}.tsv"
    wildcard_constraints:
        name=STUDY.names_of_kind("places"),
    conda:
        "../../envs/report.yaml"
    params:
        code=code_parameter(DRAW, "gridproof.parts.figures.places"),
        data=STUDY.map_folder,
    shell:
        "python -m gridproof figure map --data {params.data:q}"
        " --png {output.png:q} --svg {output.svg:q} &> {log:q}"


rule contact_sheet:
    """Draw some images of each class and split."""
    input:
        STUDY.map_data,
    output:
        png=report(
            f"{OUT}/figures/data/{{name}}.png",
            caption="../../report/captions/contact_sheet.rst",
            category="data",
        ),
        svg=f"{OUT}/figures/data/{{name}}.svg",
        alt=f"{OUT}/figures/data/{{name}}.json",
    log:
        f"{OUT}/logs/contact_sheet/{{name}}.log",
    benchmark:
        f"{OUT}/benchmarks/contact_sheet/{{name}}.tsv"
    wildcard_constraints:
        name=STUDY.names_of_kind("images"),
    conda:
        "../../envs/report.yaml"
    params:
        code=code_parameter(DRAW, "gridproof.parts.figures.contact_sheet"),
        data=STUDY.map_folder,
    shell:
        "python -m gridproof figure contact_sheet --data {params.data:q}"
        " --png {output.png:q} --svg {output.svg:q} &> {log:q}"


rule figure:
    """Draw one figure of one experiment."""
    input:
        tables=expand("{out}/tables/{{experiment}}/{table}.parquet", out=OUT, table=TABLES),
        data=STUDY.figure_data,
        checkpoints=STUDY.figure_checkpoints,
        style=local("workflow/gridproof/kit/style.mplstyle"),
    output:
        png=report(
            f"{OUT}/figures/{{experiment}}/{{figure}}.png",
            caption="../../report/captions/figure.rst",
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
        code=STUDY.figure_code,
        options=STUDY.figure_options,
    shell:
        "python -m gridproof figure {wildcards.figure} {params.options:q}"
        " --png {output.png:q} --svg {output.svg:q} &> {log:q}"


rule animation:
    """Draw what one figure shows epoch by epoch."""
    input:
        tables=expand("{out}/tables/{{experiment}}/{table}.parquet", out=OUT, table=TABLES),
        data=STUDY.figure_data,
        checkpoints=STUDY.figure_checkpoints,
        style=local("workflow/gridproof/kit/style.mplstyle"),
    output:
        f"{OUT}/figures/{{experiment}}/{{figure}}.gif",
    log:
        f"{OUT}/logs/animation/{{experiment}}/{{figure}}.log",
    benchmark:
        f"{OUT}/benchmarks/animation/{{experiment}}/{{figure}}.tsv"
    conda:
        "../../envs/report.yaml"
    params:
        code=STUDY.animation_code,
        options=STUDY.figure_options,
    shell:
        "python -m gridproof animation {wildcards.figure} {params.options:q}"
        " --gif {output:q} &> {log:q}"


rule report:
    """Write the report from tables, figures and the templates in report/."""
    input:
        plan=local(STUDY.study_plan()),
        tables=rules.collect.output,
        slices=SLICES,
        figures=STUDY.figures(".png"),
        vectors=STUDY.figures(".svg"),
        texts=STUDY.figures(".json"),
        animations=STUDY.animations(),
        explorers=EXPLORERS.files(),
        facts=STUDY.facts(),
        claims=rules.claims.output,
        templates=local(STUDY.templates()),
    output:
        f"{OUT}/report/index.html",
        f"{OUT}/report/report.md",
        f"{OUT}/report/workflow.svg",
    log:
        f"{OUT}/logs/report.log",
    benchmark:
        f"{OUT}/benchmarks/report.tsv"
    conda:
        "../../envs/report.yaml"
    params:
        code=STUDY.report_code,
        folder=subpath(output[0], parent=True),
        figures=folder_of_figures,
        tables=folder_of_tables,
    shell:
        "python -m gridproof build {input.plan:q} {params.folder:q}"
        " --tables {params.tables:q} --figures {params.figures:q} --claims {input.claims:q}"
        " --templates report &> {log:q}"
