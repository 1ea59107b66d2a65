"""Jobs as pods of a Kubernetes cluster: what Snakemake's cluster-generic executor calls.

    python -m pipeline.engine.kubernetes_jobs submit NAME MINUTES LIMITS SCRIPT
    python -m pipeline.engine.kubernetes_jobs status JOB

LIMITS are such as cpu=4,memory=8000M,nvidia.com/gpu=1.

A job's pod is the driver's own with another command and other resources, so that image and volumes
are written down once, in driver.yaml. It goes when the driver's is deleted.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

NAMESPACE, POD = os.environ["POD_NAMESPACE"], os.environ["POD_NAME"]

_KEPT_S = 24 * 3600
"""How long an ended job stays, for `kubectl logs`."""


def main(verb: str, *arguments: str) -> None:
    """Do one of the two verbs, and print what the executor expects."""
    config.load_config()
    if verb == "submit":
        submit(*arguments)
    else:
        status(*arguments)


def submit(name: str, minutes: str, amounts: str, script: str) -> None:
    """Start ``sh SCRIPT`` in a pod, to end after ``minutes``; print the job's name."""
    driver = client.CoreV1Api().read_namespaced_pod(POD, NAMESPACE)
    owner = client.V1OwnerReference(api_version="v1", kind="Pod", name=POD, uid=driver.metadata.uid)
    job = client.V1Job(
        metadata=client.V1ObjectMeta(generate_name=f"yajiuma-{name}-", owner_references=[owner]),
        spec=client.V1JobSpec(
            backoff_limit=0,  # the driver tries again what may pass
            active_deadline_seconds=60 * int(minutes),
            ttl_seconds_after_finished=_KEPT_S,
            template=client.V1PodTemplateSpec(
                spec=_like(driver.spec, ["sh", script], dict(_pairs(amounts))),
            ),
        ),
    )
    print(client.BatchV1Api().create_namespaced_job(NAMESPACE, job).metadata.name)


def status(job: str) -> None:
    """Print running, success or failed; running as well while the cluster does not answer."""
    try:
        current = client.BatchV1Api().read_namespaced_job_status(job, NAMESPACE).status
    except ApiException as error:
        print("failed" if error.status == 404 else "running")
    except HTTPError:
        print("running")
    else:
        # Not its counts of pods: one that never started is in neither.
        conditions = {state.type for state in current.conditions or [] if state.status == "True"}
        print(
            "success"
            if "Complete" in conditions
            else "failed"
            if "Failed" in conditions
            else "running"
        )


def _like(driver: Any, command: list[str], amounts: dict[str, str]) -> Any:
    """The driver's pod with another command and resources, and without its right to start pods."""
    (own,) = driver.containers
    container = client.V1Container(
        name="stage",
        image=own.image,
        image_pull_policy=own.image_pull_policy,
        command=command,
        working_dir=own.working_dir,
        env=own.env,
        volume_mounts=[m for m in own.volume_mounts if not _token(m.name)],
        security_context=own.security_context,
        resources=client.V1ResourceRequirements(
            requests=amounts,
            # Cores that nobody else wants may be used; memory and devices are counted.
            limits={name: amount for name, amount in amounts.items() if name != "cpu"},
        ),
    )
    return client.V1PodSpec(
        containers=[container],
        volumes=[v for v in driver.volumes if not _token(v.name)],
        automount_service_account_token=False,
        restart_policy="Never",
        image_pull_secrets=driver.image_pull_secrets,
        node_selector=driver.node_selector,
        tolerations=driver.tolerations,
        security_context=driver.security_context,
    )


def _pairs(amounts: str) -> list[tuple[str, str]]:
    pairs = [pair.partition("=") for pair in amounts.split(",")]
    return [(name, amount) for name, _, amount in pairs if amount != "0"]


def _token(volume: str) -> bool:
    return volume.startswith("kube-api-access-")


if __name__ == "__main__":
    main(*sys.argv[1:])
