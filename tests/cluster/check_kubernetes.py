"""Three tiny episodes through a stand-in of Kubernetes' API come out as this machine makes them.

The stand-in starts what a job's pod would, in the environment that the pod would have, and every
third question goes unanswered. It wants the extra `kubernetes`:
`python -m tests.cluster.check_kubernetes`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from pipeline.engine.catalog import all_stages
from tests.cluster.season import compare, copy, new_season, render, results, say
from tests.engine.project import ROOT, changed_profile

TOKEN = {"name": "kube-api-access-x1y2z", "mountPath": "/var/run/secrets"}
DATA = {"name": "data", "mountPath": "/data"}
DRIVER = {
    "metadata": {"name": "driver", "uid": "0123"},
    "spec": {
        "containers": [
            {
                "name": "driver",
                "image": "yajiuma",
                "env": [
                    {"name": "PATH", "value": os.environ["PATH"]},
                    {"name": "PYTHONPATH", "value": str(ROOT)},
                    {"name": "OMP_NUM_THREADS", "value": "1"},
                ],
                "volumeMounts": [DATA, TOKEN],
            }
        ],
        "volumes": [
            {"name": "data", "persistentVolumeClaim": {"claimName": "yajiuma"}},
            {"name": TOKEN["name"], "projected": {"sources": []}},
        ],
    },
}


class Api(BaseHTTPRequestHandler):
    """The three requests that pipeline.engine.kubernetes_jobs makes."""

    jobs: dict[str, dict[str, Any]] = {}  # noqa: RUF012
    running: dict[str, subprocess.Popen[bytes]] = {}  # noqa: RUF012
    asked = 0

    def do_GET(self) -> None:
        """Answer what the driver's pod is, or how a job fares."""
        if self.path.endswith("/pods/driver"):
            self._answer(200, DRIVER)
            return
        Api.asked += 1
        process = Api.running.get(self.path.split("/")[-2])
        if Api.asked % 3 == 0:
            self._answer(503, {})
        elif process is None:
            self._answer(404, {})
        else:
            state = {None: "Suspended", 0: "Complete"}.get(process.poll(), "Failed")
            running = "False" if state == "Suspended" else "True"
            self._answer(200, {"status": {"conditions": [{"type": state, "status": running}]}})

    def do_POST(self) -> None:
        """Start a job."""
        job = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = f"{job['metadata']['generateName']}{len(Api.jobs)}"
        (container,) = job["spec"]["template"]["spec"]["containers"]
        environment = {pair["name"]: pair["value"] for pair in container["env"]}
        Api.jobs[name] = job
        Api.running[name] = subprocess.Popen(
            container["command"], env=environment, stderr=subprocess.DEVNULL
        )
        self._answer(201, {"metadata": {"name": name}})

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        """Say nothing."""


def main(folder: Path) -> None:
    """Run all checks in ``folder``; an assertion fails with what differs."""
    season = new_season(folder / "season")
    local = copy(season, folder / "local")
    render(local, "local", "PROFILE=local")

    api = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=api.serve_forever, daemon=True).start()
    _point_client_at(f"http://127.0.0.1:{api.server_port}", folder / "kubeconfig")
    quick = {"max-threads": 2, "jobs": 2, "seconds-between-status-checks": 1}
    pods = copy(season, folder / "pods")
    render(pods, changed_profile("kubernetes", folder / "profile", **quick), "PROFILE=kubernetes")
    compare(pods, results(local), "made by pods")
    _see_what_was_asked_for()


def _point_client_at(url: str, file: Path) -> None:
    context = {"cluster": "stand-in", "user": "driver"}
    content = {
        "clusters": [{"name": "stand-in", "cluster": {"server": url}}],
        "users": [{"name": "driver", "user": {}}],
        "contexts": [{"name": "stand-in", "context": context}],
        "current-context": "stand-in",
    }
    file.write_text(yaml.safe_dump(content))
    here = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([here, os.environ["PATH"]])
    os.environ |= {"KUBECONFIG": str(file), "POD_NAMESPACE": "anime", "POD_NAME": "driver"}


def _see_what_was_asked_for() -> None:
    stages = all_stages()
    for name, job in Api.jobs.items():
        pod = job["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        stage = stages[name.split("-")[1]]
        limits = {"memory": f"{stage.memory_mb}M"} | ({"nvidia.com/gpu": "1"} if stage.gpu else {})
        cores = "2" if stage.whole_machine else "1"
        assert container["resources"] == {"limits": limits, "requests": limits | {"cpu": cores}}
        assert container["volumeMounts"] == [DATA], container
        assert [volume["name"] for volume in pod["volumes"]] == ["data"], pod
        assert job["metadata"]["ownerReferences"][0]["uid"] == "0123"
    say(f"{len(Api.jobs)} pods asked for their stages' cores, memory and GPUs; all saw the volume")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder))
