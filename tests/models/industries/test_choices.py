"""Choosing an industry publishes its checklists as new versions; running cases keep theirs, new ones get the new."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from commands.setup import choose_industry
from models.database import reading, utc_now, writing
from models.industries import choices
from models.industries.difference import Effect, Freeze, IndustryDifference
from models.industries.tables import IndustryChoice
from models.tables import ConnectedSystem, SystemRight, Template


def choose(engine: Engine, industry: str, replace: tuple[str, ...] = ()) -> IndustryDifference:
    with writing(engine) as session:
        return choices.choose(session, choices.pack(industry), "a-hr", utc_now(), "because", replace)


def effects(told: IndustryDifference) -> dict[str, Effect]:
    return {change.key: change.effect for change in told.templates}


def templates(engine: Engine) -> list[tuple[str, int, str]]:
    with reading(engine) as session:
        rows = session.exec(select(Template.key, Template.version, Template.industry)).all()
    return sorted(rows)


def entries(engine: Engine) -> list[IndustryChoice]:
    with reading(engine) as session:
        return list(session.exec(select(IndustryChoice).order_by(col(IndustryChoice.at))).all())


def edit(engine: Engine, key: str) -> None:
    """The company publishes a version of its own."""
    with writing(engine) as session:
        newest = session.exec(
            select(Template).where(Template.key == key).order_by(col(Template.version).desc()).limit(1)
        ).one()
        body: Any = {**newest.body, "items": newest.body["items"][:1]}
        session.add(
            Template(key=key, version=newest.version + 1, industry=newest.industry, body=body, published_at=utc_now())
        )


def test_a_choice_publishes_its_checklists_and_again_changes_nothing(company: Engine) -> None:
    before = templates(company)
    first = choose(company, "manufacturing")
    assert effects(first)["manufacturing_salesperson"] is effects(first)["manufacturing_engineer"] is Effect.PUBLISHED
    assert "plm" in first.missing_systems
    assert "engineering" in first.missing_departments
    after = templates(company)
    assert set(before) < set(after), "no version changes"
    assert not choose(company, "manufacturing").changes_something
    assert templates(company) == after
    assert len(entries(company)) == 1


def test_a_checklist_that_the_company_has_changed_stays_unless_it_is_named(company: Engine) -> None:
    choose(company, "retail")
    edit(company, "retail_buyer")
    assert effects(choose(company, "retail"))["retail_buyer"] is Effect.KEPT
    assert ("retail_buyer", 3, "retail") not in templates(company)
    assert effects(choose(company, "retail", ("retail_buyer",)))["retail_buyer"] is Effect.NEW_VERSION
    assert ("retail_buyer", 3, "retail") in templates(company)
    assert "retail_buyer" not in effects(choose(company, "retail"))


def test_a_pack_s_own_checklist_gets_the_version_of_a_newer_pack(company: Engine) -> None:
    choose(company, "retail")
    pack = choices.pack("retail")
    newer = pack.templates[0].model_copy(
        update={"body": pack.templates[0].body.model_copy(update={"items": pack.templates[0].body.items[:1]})}
    )
    upgraded = pack.model_copy(update={"version": 2, "templates": (newer, *pack.templates[1:])})
    with writing(company) as session:
        told = choices.choose(session, upgraded, "a-hr", utc_now(), "upgrade")
    assert effects(told) == {newer.key: Effect.NEW_VERSION} | {
        key: effect for key, effect in effects(told).items() if effect is Effect.KEPT
    }
    assert [entry.version for entry in entries(company)] == [1, 2]


def test_rights_of_connected_systems_are_frozen_as_the_pack_says(company: Engine) -> None:
    with writing(company) as session:
        if session.get(ConnectedSystem, "pos") is None:
            session.add(ConnectedSystem(key="pos", name_zh="收银", name_en="Till", connector="wanbi"))
            session.flush()
        session.add(SystemRight(system="pos", right="adjust_stock", name_zh="x", name_en="x"))
    told = {(change.system, change.right): change for change in choose(company, "retail").rights}
    assert told["pos", "adjust_stock"].before == Freeze(frozen_on_notice=False, protects_data=False)
    assert told["pos", "adjust_stock"].after == Freeze(frozen_on_notice=True, protects_data=False)
    assert told["pos", "export_members"].before is None
    with reading(company) as session:
        assert session.get_one(SystemRight, ("pos", "adjust_stock")).frozen_on_notice
        assert session.get_one(SystemRight, ("pos", "export_members")).protects_data
    assert choose(company, "retail").rights == []


def test_checklists_of_the_industry_before_are_retired_and_used_again_when_it_returns(company: Engine) -> None:
    choose(company, "retail")
    told = effects(choose(company, "e_commerce"))
    assert told["retail_store_manager"] is Effect.RETIRED
    assert told.get("general") is not Effect.RETIRED
    before = templates(company)
    assert effects(choose(company, "retail"))["retail_store_manager"] is Effect.IN_USE_AGAIN
    assert templates(company) == before, "no version is published twice"
    with reading(company) as session:
        chosen = choices.in_force(session)
    assert chosen is not None
    assert chosen.industry == "retail"


@pytest.mark.parametrize("industry", ["", "retail"])
def test_set_up_chooses_what_the_settings_say_once(company: Engine, industry: str) -> None:
    choose_industry(company, industry)
    choose(company, "logistics")
    choose_industry(company, industry)
    assert entries(company)[-1].industry == "logistics"


def test_the_difference_is_what_a_choice_would_change(company: Engine) -> None:
    with reading(company) as session:
        told = choices.would_change(session, choices.pack("logistics"))
    assert told == choose(company, "logistics")
