"""An industry pack is whole and right, or refused with the line that is wrong."""

import pytest

from config import Settings
from models.industries import packs
from models.industries.packs import DATA, BadPack, parse, parse_common, shipped
from models.industries.shapes import FieldOf

COMMON = parse_common((DATA / "common.toml").read_text(encoding="utf-8"))
PACK = """\
industry = "toys"
version = 1
name = ["玩具", "Toys"]

[[jobs]]
key = "seller"
name = ["销售", "Seller"]

[[fields]]
of = "customer"
key = "age"
name = ["年龄段", "Ages"]
type = "choice"
choices = ["small", "large"]

[[rights]]
system = "crm"
right = "edit_customers"
name = ["修改", "Edit"]
frozen_on_notice = true

[[templates]]
key = "toys_seller"
jobs = ["seller"]
common_items = ["devices"]
common_clearances = ["it"]

[[templates.items]]
id = "samples"
title = ["样品", "Samples"]
criterion = ["逐件归还", "Each is back"]
category = "tools"
"""


def test_the_shipped_packs_are_the_four_industries() -> None:
    assert set(shipped()) == {"logistics", "manufacturing", "e_commerce", "retail"}


@pytest.mark.parametrize("industry", ["logistics", "manufacturing", "e_commerce", "retail"])
def test_a_shipped_pack_has_jobs_fields_checklists_and_what_a_freeze_takes(industry: str) -> None:
    pack = shipped()[industry]
    assert {field.of for field in pack.fields} == {FieldOf.CUSTOMER, FieldOf.ORDER}
    assert any(right.protects_data for right in pack.rights)
    assert {"general"} < {template.key for template in pack.templates}
    used = {job for template in pack.templates for job in template.body.jobs}
    assert used <= {job.key for job in pack.jobs}
    assert all(template.body.items for template in pack.templates)


@pytest.mark.parametrize(
    ("industry", "template", "item"),
    [
        ("logistics", "logistics_salesperson", "carriers_and_rates"),
        ("manufacturing", "manufacturing_engineer", "drawings_and_models"),
        ("e_commerce", "e_commerce_operator", "shops_and_platform_accounts"),
        ("retail", "retail_store_manager", "store_inventory"),
    ],
)
def test_an_industry_hands_over_what_it_lives_of(industry: str, template: str, item: str) -> None:
    (found,) = (one for one in shipped()[industry].templates if one.key == template)
    assert item in {i.id for i in found.body.items}


def test_a_sound_pack_is_read() -> None:
    pack = parse("toys", PACK, COMMON)
    assert [item.id for item in pack.templates[0].body.items] == ["samples", "devices"]


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("version = 1", "version = 0", 2, "version"),
        ("version = 1", "version = ", 2, "Invalid value"),
        ('name = ["玩具", "Toys"]', 'name = ["玩具"]', 3, "name"),
        ('name = ["玩具", "Toys"]', 'name = ["玩具", "Toys"]\ncolour = "red"', 4, "colour"),
        ('type = "choice"', 'type = "colour"', 13, "fields.0.type"),
        ('choices = ["small", "large"]', "", 9, "fields.0"),
        ("frozen_on_notice = true", 'frozen_on_notice = "soon"', 20, "rights.0.frozen_on_notice"),
        ('jobs = ["seller"]', 'jobs = ["buyer"]', 24, "no job 'buyer'"),
        ('common_items = ["devices"]', 'common_items = ["boats"]', 25, "'boats' is not in common.toml"),
        ('common_clearances = ["it"]', "common_clearances = []", 23, "templates.0.key"),
        ('category = "tools"', 'category = "no good"', 32, "templates.0.items.0.category"),
        ('id = "samples"', 'id = "devices"', 23, "more than once"),
    ],
)
def test_a_wrong_pack_is_refused_with_its_line(before: str, after: str, line: int, said: str) -> None:
    assert before in PACK
    with pytest.raises(BadPack) as refused:
        parse("toys", PACK.replace(before, after, 1), COMMON)
    assert str(refused.value).startswith(f"toys.toml, line {line}: "), str(refused.value)
    assert said in str(refused.value)


def test_what_stands_there_twice_is_refused() -> None:
    twice = PACK + '\n[[jobs]]\nkey = "seller"\nname = ["销售", "Seller"]\n'
    with pytest.raises(BadPack, match="line 34: jobs.1: stands there more than once"):
        parse("toys", twice, COMMON)


def test_a_pack_is_called_as_its_file() -> None:
    with pytest.raises(BadPack, match=r"games\.toml, line 1: industry: the file is called games"):
        parse("games", PACK, COMMON)


def test_a_settings_industry_is_one_that_is_shipped() -> None:
    allowed = Settings.model_fields["industry"].annotation.__args__  # type: ignore[union-attr]  # of a Literal
    assert set(allowed) == {"", *packs.shipped()}
