"""What stands in for the broker."""

from collections.abc import Callable

from config import jobs


def collecting(names: list[str]) -> Callable[[str, dict[str, jobs.Argument]], None]:
    """Return a stand-in for `config.jobs.send` that notes jobs, and hands out what is announced."""

    def send(task: str, arguments: dict[str, jobs.Argument]) -> None:
        if task == jobs.HAND_OUT:
            jobs.hand_out(**arguments)  # type: ignore[arg-type]  # an event's name is a text
        else:
            names.append(task)

    return send
