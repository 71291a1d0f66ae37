"""``verify``: prove the books and everything that other parts say must follow from them."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from ledger.snapshots import one_moment
from ledger.verify import Finding, Proof, Verifier, verify_ledger


class Command(BaseCommand):
    help = "Prove the books; name what is wrong and exit 2 if anything is."

    def handle(self, *_args: Any, **_options: Any) -> None:
        verifiers: list[Verifier] = [verify_ledger]
        verifiers += [import_string(path) for path in settings.VERIFIERS]
        findings = 0
        with one_moment():
            for verifier in verifiers:
                for said in verifier():
                    findings += not isinstance(said, Proof)
                    self.tell(said)
        if findings:
            raise CommandError(f"The books are not proven: {findings} findings.", returncode=2)
        self.stdout.write("The books are proven.")

    def tell(self, said: Proof | Finding | str) -> None:
        """Print a proof; name a finding on the error stream."""
        if isinstance(said, Proof):
            self.stdout.write(f"{said.count:>12,}  {said.what}")
        elif isinstance(said, Finding):
            self.stderr.write(f"{said.code}: {said.where}: {said.message}")
        else:
            self.stderr.write(said)
