"""Jobs that are handed to a cluster make the same bytes as those of this machine."""

from pathlib import Path

import yaml

from tests.engine.project import ANNOTATE, ROOT, Project

AGAIN = ("comments.jsonl", "features.h5", "generated.jsonl", "annotated.mp4")

SUBMIT = """\
#!/bin/sh
# Stands in for a cluster's: notes what is asked for, starts the job, and says its number.
echo "$1 $2" >>"$(dirname "$0")/submitted"
sh "$3" >/dev/null 2>&1 &
echo $!
"""


def _cluster(folder: Path) -> Path:
    """A profile like Slurm's, of a cluster that is two processes of this machine."""
    profile = yaml.safe_load((ROOT / "configs/profiles/slurm/config.yaml").read_text())
    profile = {key: value for key, value in profile.items() if not key.startswith("slurm-")}
    submit = folder / "submit"
    folder.mkdir()
    submit.write_text(SUBMIT)
    submit.chmod(0o755)
    profile |= {
        "executor": "cluster-generic",
        "cluster-generic-submit-cmd": f"{submit} {{rule}} {{threads}}:{{resources.gpu}}",
        "jobs": 2,
        "max-threads": 2,
        "seconds-between-status-checks": 1,
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(profile))
    return folder


def test_a_cluster_makes_the_same_bytes(project: Project, tmp_path: Path) -> None:
    project.forks = False  # jobs start Python in ways of their own
    expected = project.results()
    for name in AGAIN:
        (project.workdir / ANNOTATE / name).unlink()
    cluster = _cluster(tmp_path / "cluster")
    project.made("render", "--profile", str(cluster))
    assert project.results() == expected
    submitted = dict(line.split() for line in (cluster / "submitted").read_text().splitlines())
    assert submitted == {"comments": "1:0", "features": "2:1", "generate": "2:1", "render": "2:0"}
    assert project.plan("render", "--profile", str(cluster)) == set()
