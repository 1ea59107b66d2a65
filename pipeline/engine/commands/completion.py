"""The verb ``completion``, for shells."""

from __future__ import annotations

from pipeline.engine.application import Call, Command
from pipeline.engine.command_line import PROGRAM, VerbParser
from pipeline.runtime.errors import ExitCode

_SHELLS = ("bash", "zsh", "fish", "tcsh", "powershell")


def _add_options(parser: VerbParser) -> None:
    parser.add_argument("shell", choices=_SHELLS, metavar="SHELL", help=", ".join(_SHELLS))


def _run(call: Call) -> ExitCode:
    """Print what makes a shell complete this program: eval "$(yajiuma completion bash)"."""
    from argcomplete.shell_integration import shellcode

    print(shellcode([PROGRAM], shell=call.options.shell))
    return ExitCode.OK


COMPLETION = Command("completion", _run, _add_options)
