from gridproof.rules.study_rules import open_run

RUN = open_run(workflow, config)
STUDY = RUN.study
OUT = str(STUDY.folder)


wildcard_constraints:
    data=r"[a-z0-9_]+-[0-9a-f]{12}",
    cell=r"[A-Za-z0-9_.+-]+-[0-9a-f]{12}",
    seeds=r"\d+(-\d+)*",
    experiment="|".join(STUDY.experiments),
    figure=r"(?!explorer\b)[a-z0-9_]+",


onstart:
    RUN.begin()


onsuccess:
    RUN.tell_success()


onerror:
    RUN.tell_failure()
