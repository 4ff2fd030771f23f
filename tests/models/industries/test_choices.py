"""Choosing an industry publishes its checklists as new versions; running cases keep theirs, new ones get the new."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from commands.setup import choose_industry
from models.database import reading, utc_now, writing
from models.industries import choices
from models.industries.packs import shipped
from models.industries.tables import IndustryChoice
from models.tables import ConnectedSystem, SystemRight, Template


def choose(engine: Engine, industry: str) -> choices.IndustryDifference:
    with writing(engine) as session:
        return choices.choose(session, choices.pack(industry), "a-hr", utc_now())


def templates(engine: Engine) -> list[tuple[str, int, str]]:
    with reading(engine) as session:
        rows = session.exec(select(Template.key, Template.version, Template.industry)).all()
    return sorted(rows)


def test_a_choice_publishes_its_checklists_and_again_changes_nothing(company: Engine) -> None:
    before = templates(company)
    first = choose(company, "manufacturing")
    assert {"manufacturing_salesperson", "manufacturing_engineer"} <= set(first.templates)
    assert "plm" in first.missing_systems
    assert "engineering" in first.missing_departments
    after = templates(company)
    assert set(before) < set(after), "no version changes"
    assert choose(company, "manufacturing").templates == []
    assert templates(company) == after
    with reading(company) as session:
        assert len(session.exec(select(IndustryChoice)).all()) == 1


def test_rights_of_connected_systems_are_frozen_as_the_pack_says(company: Engine) -> None:
    with writing(company) as session:
        if session.get(ConnectedSystem, "pos") is None:
            session.add(ConnectedSystem(key="pos", name_zh="收银", name_en="Till", connector="wanbi"))
            session.flush()
        session.add(SystemRight(system="pos", right="adjust_stock", name_zh="x", name_en="x"))
    told = choose(company, "retail")
    assert {"pos:adjust_stock", "pos:export_members"} <= set(told.rights)
    with reading(company) as session:
        assert session.get_one(SystemRight, ("pos", "adjust_stock")).frozen_on_notice
        assert session.get_one(SystemRight, ("pos", "export_members")).protects_data
    assert choose(company, "retail").rights == []


def test_checklists_of_the_industry_before_are_retired_and_general_ones_are_not(company: Engine) -> None:
    choose(company, "retail")
    told = choose(company, "e_commerce")
    assert "retail_store_manager" in told.retired_templates
    assert "general" not in told.retired_templates
    with reading(company) as session:
        chosen = choices.in_force(session)
    assert chosen is not None
    assert chosen.industry == "e_commerce"


@pytest.mark.parametrize("industry", ["", "retail"])
def test_set_up_chooses_what_the_settings_say_once(company: Engine, industry: str) -> None:
    choose_industry(company, industry)
    choose(company, "logistics")
    choose_industry(company, industry)
    with reading(company) as session:
        chosen = choices.in_force(session)
    assert chosen is not None
    assert chosen.industry == "logistics"


def test_the_difference_is_what_a_choice_would_change(company: Engine) -> None:
    with reading(company) as session:
        told = choices.difference(session, shipped()["logistics"])
    assert told == choose(company, "logistics")
