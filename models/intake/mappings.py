"""Mappings as they are kept: by name, each change a new version, so that a file can be read again as it was read."""

from collections.abc import Mapping

from sqlmodel import Session, col, func, select

from domain.errors import invalid, not_found
from models import imports
from models.database import utc_now
from models.import_rows import Row
from models.intake.kinds import KINDS
from models.intake.mapping_bodies import MappingBody
from models.intake.tables import DeskImport, ImportMapping

SHAPES: Mapping[str, type[Row]] = {
    **{kind: known.shape for kind, known in imports.KINDS.items() if kind != "templates"},
    **{kind: known.shape for kind, known in KINDS.items()},
}
"""Everything that can be loaded from a table, by kind."""


def publish(session: Session, name: str, body: MappingBody, by: str) -> ImportMapping:
    """Keeps the next version of a mapping; what is the newest already stays the newest. Raises Refusal."""
    _require_fit(body)
    newest = find(session, name, required=False)
    content = body.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if newest is not None and newest.body == content:
        return newest
    version = newest.version + 1 if newest else 1
    row = ImportMapping(
        name=name, version=version, kind=body.kind, body=content, published_at=utc_now(), published_by=by
    )
    session.add(row)
    return row


def find(session: Session, name: str, *, required: bool = True) -> ImportMapping | None:
    """The newest version of a mapping. Raises Refusal if there has to be one."""
    query = select(ImportMapping).where(ImportMapping.name == name).order_by(col(ImportMapping.version).desc())
    found = session.exec(query.limit(1)).first()
    if found is None and required:
        raise not_found("mapping.unknown", name=name)
    return found


def newest(session: Session) -> list[ImportMapping]:
    """The newest version of every mapping, by name."""
    last = select(ImportMapping.name, func.max(ImportMapping.version)).group_by(col(ImportMapping.name)).subquery()
    query = select(ImportMapping).join(
        last, (col(ImportMapping.name) == last.c[0]) & (col(ImportMapping.version) == last.c[1])
    )
    return list(session.exec(query.order_by(col(ImportMapping.name))).all())


def chosen(session: Session, name: str | None, kind: str) -> ImportMapping | None:
    """The newest version of the mapping that a file of this kind is to be read by. Raises Refusal."""
    if name is None:
        return None
    found = find(session, name)
    if found is not None and found.kind != kind:
        raise invalid("mapping.of_another_kind", name=name, files=found.kind)
    return found


def of(session: Session, upload: DeskImport) -> MappingBody | None:
    """The mapping with which an import began."""
    if upload.mapping is None:
        return None
    row = session.get_one(ImportMapping, (upload.mapping, upload.mapping_version))
    return MappingBody.model_validate(row.body)


def _require_fit(body: MappingBody) -> None:
    shape = SHAPES.get(body.kind)
    if shape is None:
        raise invalid("mapping.unknown_kind", files=body.kind, known=", ".join(SHAPES))
    unknown = sorted(set(body.columns) - set(shape.model_fields))
    if unknown:
        raise invalid("mapping.unknown_columns", columns=", ".join(unknown), known=", ".join(shape.model_fields))
    missing = [name for name, info in shape.model_fields.items() if info.is_required() and name not in body.columns]
    if missing:
        raise invalid("mapping.columns_missing", columns=", ".join(missing))
