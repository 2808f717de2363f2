"""The command `virtual-return`: groups are imported only when they are called."""

from __future__ import annotations

from importlib import import_module

import click

# What each command is, and where it lives; a module is loaded when its command is asked for.
COMMANDS = {
    "accounts": ("virtual_return.cli.accounts:group", "Help somebody back into an account."),
    "audit": ("virtual_return.cli.audit:group", "Verify the audit trail; look at fairness."),
    "calibrate": ("virtual_return.cli.calibrate:command", "Set the bands from judged data."),
    "db": ("virtual_return.cli.database:group", "Migrate the database."),
    "demo": ("virtual_return.cli.demo:group", "Load the demonstration programme."),
    "dev": ("virtual_return.cli.dev:command", "Serve everything on this machine."),
    "digest": ("virtual_return.cli.digest:group", "Compose and send digests."),
    "encoder": ("virtual_return.cli.encoder:group", "Look after the models of the encoder."),
    "evaluate": ("virtual_return.cli.evaluate:command", "Measure matching on judged data."),
    "import": ("virtual_return.cli.imports:group", "Import experts, needs and skills."),
    "index": ("virtual_return.cli.index:group", "Look after the matching index."),
    "scheduler": ("virtual_return.cli.scheduler:command", "Start what is due, when it is due."),
    "worker": ("virtual_return.cli.worker:command", "Do background work."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only to run it."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module_name, attribute = COMMANDS[name][0].split(":")
        command: click.Command = getattr(import_module(module_name), attribute)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(_ctx)])


@click.command(cls=LazyGroup)
@click.version_option(package_name="virtual-return")
def main() -> None:
    """Virtual Return: give what you know, from where you are."""
