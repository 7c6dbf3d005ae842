"""What functions have kept that would come out differently now: caches are cleared, modules with other memos executed.

Knows what has changed, and which modules have read data for others.  Must not know how a module is executed.
"""

from ..identity.namespace_paths import LRU_CACHE
from ..modules.changed_names import body

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

    from ..modules.record import Record
    from ..modules.stale import Plan
    from .affected import Affected
    from .outcomes import Outcomes


def why_kept(record: "Record", affected: "Affected") -> str | None:
    """Why a module must be executed for what its functions have kept; caches are cleared instead."""
    for keeper, is_cache in affected.kept_results(record):
        if not is_cache:
            return f"has kept what {getattr(keeper, '__name__', 'a function')} computed"
        LRU_CACHE.cache_clear(keeper)  # type: ignore[attr-defined]
    return None


def readers_of_data(
    plan: "Plan", records: "dict[str, Record]", verified: "Container[str]", affected: "Affected", outcomes: "Outcomes"
) -> dict[str, str]:
    """{module: why it must be executed}: its functions have read, for others, data that has changed, and kept it.

    Such a function counts as one with another body: it gives something else.
    """
    must = {}
    reads = [records[name].reads for name in plan.other_data if name not in verified]
    for name, qualname in {reader for each in reads if each is not None for reader in each.readers}:
        record = records.get(name)
        if record is None or name in verified or not affected.keeps_results(record):
            continue
        outcomes.enter(record, {body(qualname)})
        reason = why_kept(record, affected)
        if reason is not None:
            must[name] = reason
    return must
