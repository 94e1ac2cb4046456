from gridproof.plan.stages import code_parameter
from gridproof.rules.wildcards import open_study

STUDY = open_study(
    list(workflow.config_settings.configfiles),
    dict(workflow.config_settings.config),
    write=workflow.is_main_process and not workflow.dryrun,
    kept_in=None if workflow.dryrun else workflow.storage_settings,
)
OUT = STUDY.out


wildcard_constraints:
    data=r"[a-z0-9_]+-[0-9a-f]{12}",
    cell=r"[A-Za-z0-9_.+-]+-[0-9a-f]{12}",
    seeds=r"\d+(-\d+)*",
    experiment="|".join(STUDY.experiments),
    figure=r"(?!explorer\b)[a-z_]+",


onstart:
    STUDY.begin()


onsuccess:
    STUDY.tell_success()


onerror:
    STUDY.tell_failure()
