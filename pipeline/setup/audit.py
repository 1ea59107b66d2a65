"""`make audit`: whether anything in locked.txt is known to be vulnerable."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pipeline.runtime.arguments import Parser
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.paths import PROJECT

_LOCKED = PROJECT / "locked.txt"
_AUDITOR = Path(sys.prefix) / "supply" / "bin" / "pip-audit"


def main() -> ExitCode:
    """Print what was found, and return what to exit with."""
    try:
        Parser(prog="python -m pipeline.setup.audit", description=__doc__).parse_args()
        print(f"audit: {audit(_AUDITOR, _LOCKED)}", file=sys.stderr)
    except PipelineError as error:
        print(f"audit: error: {error}", file=sys.stderr)
        return error.code
    return ExitCode.OK


def audit(auditor: Path, locked: Path) -> str:
    """Ask pip-audit about every package of a locked file; return one line that sums it up.

    Raises PipelineError: VULNERABLE; FETCH_FAILED if the service did not know every package.
    """
    options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    command = [str(auditor), *options, "--requirement", str(locked)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise PipelineError(
            ExitCode.USAGE, f"there is no auditor at {auditor}", "Start it by `make audit`"
        ) from None
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        said = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        raise _unreachable(said[-1]) from None
    # pip-audit takes a service that answers "not found" to everything as good news.
    if skipped := [package["skip_reason"] for package in packages if "skip_reason" in package]:
        raise _unreachable(f"{len(skipped)} of {len(packages)} packages; {skipped[0]}")
    found = [
        f"{package['name']} {package['version']} ({', '.join(v['id'] for v in package['vulns'])})"
        for package in packages
        if package["vulns"]
    ]
    if found:
        raise PipelineError(
            ExitCode.VULNERABLE,
            f"vulnerabilities are known of {'; '.join(found)}",
            "Raise these versions in constraints.txt, then `make lock test`",
        )
    return f"no vulnerability is known of {len(packages)} packages"


def _unreachable(reason: str) -> PipelineError:
    return PipelineError(
        ExitCode.FETCH_FAILED,
        f"nothing could be learned of vulnerabilities ({reason})",
        "Try again where the package index and its list of vulnerabilities can be reached",
    )


if __name__ == "__main__":
    sys.exit(main())
