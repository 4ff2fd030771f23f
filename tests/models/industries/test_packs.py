"""An industry pack is whole and right, or refused with the line that is wrong."""

import pytest

from config import Settings
from domain.desk.records import PORTFOLIO
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
choices = [
    { key = "small", name = ["三岁以下", "Below three"] },
    { key = "large", name = ["三岁以上", "Three and above"] },
]

[[rights]]
system = "shop"
right = "change_prices"
name = ["改价", "Change prices"]
frozen_on_notice = true

[[templates]]
key = "toys_seller"
jobs = ["seller"]
common_items = ["stock"]
common_clearances = ["finance"]

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


@pytest.mark.parametrize("industry", ["logistics", "manufacturing", "e_commerce", "retail"])
def test_no_pack_leaves_a_kind_of_portfolio_unlooked_after_for_whoever_sells(industry: str) -> None:
    pack = shipped()[industry]
    sellers = {job.key for job in pack.jobs if job.sells}
    assert sellers
    for template in pack.templates:
        if sellers & set(template.body.jobs):
            looked_after = {kind for clearance in template.body.clearances for kind in clearance.portfolio}
            assert looked_after == set(PORTFOLIO), template.key


@pytest.mark.parametrize(
    ("industry", "template", "item"),
    [
        ("logistics", "logistics_salesperson", "carriers_and_rates"),
        ("logistics", "logistics_salesperson", "tenders"),
        ("logistics", "logistics_salesperson", "orders_in_transit"),
        ("manufacturing", "manufacturing_engineer", "drawings_and_models"),
        ("manufacturing", "manufacturing_salesperson", "moulds"),
        ("manufacturing", "manufacturing_buyer", "supplier_quality"),
        ("e_commerce", "e_commerce_operator", "platform_accounts"),
        ("e_commerce", "e_commerce_operator", "campaigns"),
        ("e_commerce", "e_commerce_channels", "influencers"),
        ("retail", "retail_store_manager", "cash_and_tills"),
        ("retail", "retail_store_manager", "members"),
        ("retail", "retail_store_manager", "stock"),
    ],
)
def test_an_industry_hands_over_what_it_lives_of(industry: str, template: str, item: str) -> None:
    (found,) = (one for one in shipped()[industry].templates if one.key == template)
    assert item in {i.id for i in found.body.items}


def test_a_sound_pack_is_read() -> None:
    pack = parse("toys", PACK, COMMON)
    assert [one.department for one in pack.templates[0].body.clearances] == ["finance", *COMMON.always_clearances]
    items = [item.id for item in pack.templates[0].body.items]
    assert items == ["stock", "samples", *COMMON.always_items]
    assert {("crm", "edit_customers"), ("shop", "change_prices")} <= {(r.system, r.right) for r in pack.rights}


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("version = 1", "version = 0", 2, "version"),
        ("version = 1", "version = ", 2, "Invalid value"),
        ('name = ["玩具", "Toys"]', 'name = ["玩具"]', 3, "name"),
        ('name = ["玩具", "Toys"]', 'name = ["玩具", "Toys"]\ncolour = "red"', 4, "colour"),
        ('type = "choice"', 'type = "colour"', 13, "fields.0.type"),
        ('key = "large", name', 'key = "LARGE ONE", name', 16, "fields.0.choices.1.key"),
        ('key = "large", name', 'key = "small", name', 9, "more than once"),
        ('type = "choice"', 'type = "text"', 9, "fields.0"),
        ("frozen_on_notice = true", 'frozen_on_notice = "soon"', 23, "rights.0.frozen_on_notice"),
        ('system = "shop"\nright = "change_prices"', 'system = "crm"\nright = "edit_customers"', 19, "in common.toml"),
        ('jobs = ["seller"]', 'jobs = ["buyer"]', 5, "jobs.0: no checklist is for this job"),
        ('jobs = ["seller"]', 'jobs = ["seller", "buyer"]', 27, "no job 'buyer'"),
        ('common_items = ["stock"]', 'common_items = ["boats"]', 28, "'boats' is not in common.toml"),
        ('common_clearances = ["finance"]', 'common_clearances = ["it"]', 26, "more than once"),
        ('common_clearances = ["finance"]', 'common_clearances = ["law"]', 29, "'law' is not in common.toml"),
        ('key = "seller"\n', 'key = "seller"\nsells = true\n', 30, "no clearance looks after every customer, order"),
        ('category = "tools"', 'category = "no good"', 35, "templates.0.items.0.category"),
        ('id = "samples"', 'id = "devices"', 26, "more than once"),
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
    with pytest.raises(BadPack, match=r"line 37: jobs\.1: stands there more than once"):
        parse("toys", twice, COMMON)


def test_a_pack_is_called_as_its_file() -> None:
    with pytest.raises(BadPack, match=r"games\.toml, line 1: industry: the file is called games"):
        parse("games", PACK, COMMON)


def test_a_settings_industry_is_one_that_is_shipped() -> None:
    allowed = Settings.model_fields["industry"].annotation.__args__  # type: ignore[union-attr]  # of a Literal
    assert set(allowed) == {"", *packs.shipped()}
