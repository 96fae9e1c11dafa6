"""What was begun is done behind, even where the person who waited for it has gone."""

from apps.bulk import tasks
from apps.journal.models import Entry
from apps.journal.operations import after


class NobodyThere(RuntimeError):
    """The broker does not answer; the journal asks again."""


@after("bulk.begun")
@after("bulk.undo_begun")
def run(entry: Entry) -> None:
    if not tasks.run.soon(bulk_id=str(entry.subject_id)):
        raise NobodyThere
