"""The catalogues say everything that the code can say, in both languages, and nothing else."""

import re
import string
from collections import Counter
from datetime import UTC, date, datetime
from typing import get_args

import pytest
from pydantic_core.core_schema import ErrorType

from api import field_problems
from api.signing.intents import Method
from domain.case import PaperKind, Stage
from domain.claims import DeductionStatus
from domain.desk.access import Action
from domain.desk.completeness import Criterion
from domain.desk.entries import Step
from domain.desk.intake import ImportState
from domain.desk.orders import OrderState
from domain.desk.records import EntryState
from domain.handover import ClearanceStatus, ItemStatus, PartyRole, SignatureStatus
from domain.obligations import DutyKind, FileKind, InterruptionKind, PaymentKind
from domain.people import Role
from domain.rights import GrantStatus, Operation
from models import forms, import_problems
from models.decisions import DECISIONS
from models.industries.shapes import FieldType
from models.log import alarms
from tests import spoken
from texts import DEFAULT, LANGUAGES, LOCALES, MissingText, catalogue, day, listed, moment, text

FAMILIES: dict[str, set[str]] = {
    "stage": {member.value for member in Stage},
    "role": {member.value for member in Role},
    "party": {member.value for member in PartyRole},
    "signing_method": {member.value for member in Method},
    "item_status": {member.value for member in ItemStatus},
    "clearance_status": {member.value for member in ClearanceStatus},
    "grant_status": {member.value for member in GrantStatus},
    "signature_status": {member.value for member in SignatureStatus},
    "operation": {member.value for member in Operation},
    "paper_kind": {member.value for member in PaperKind},
    "duty": {member.value for member in DutyKind},
    "file_kind": {member.value for member in FileKind},
    "payment": {member.value for member in PaymentKind},
    "deduction_status": {member.value for member in DeductionStatus},
    "interruption": {member.value for member in InterruptionKind},
    "desk_action": {member.value for member in Action},
    "order_state": {member.value for member in OrderState},
    "entry_state": {member.value for member in EntryState},
    "entry_step": {member.value for member in Step},
    "criterion": {member.value for member in Criterion},
    "field_type": {member.value for member in FieldType},
    "import_state": {member.value for member in ImportState},
    "decision": set(DECISIONS),
    "task": spoken.first_arguments("Task", 1),
    "law": spoken.reasons(),
    "import_problem": set(get_args(import_problems.Code)),
    "form": {*import_problems.FORMS.values(), *forms.NAMES.values(), forms.OTHER_FORM},
    "unit": {"characters", "entries"},
}
FORMATS = {"", "day", *FAMILIES}
MIDNIGHT = datetime(2026, 12, 23, 16, 0, tzinfo=UTC)
"""0:00 of 24 December in Shanghai."""


def placeholders(message: str) -> set[tuple[str, str]]:
    """Names in a message, with how each is filled in."""
    return {(name, form or "") for _, name, form, _ in string.Formatter().parse(message) if name is not None}


def keys(family: str) -> set[str]:
    """What follows `family.` in the keys of the catalogue."""
    return {key.removeprefix(f"{family}.") for key in catalogue(DEFAULT) if key.startswith(f"{family}.")}


def test_both_languages_have_the_same_messages() -> None:
    assert catalogue("zh").keys() == catalogue("en").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_there_twice_or_empty(language: str) -> None:
    ids = re.findall(r'^msgid "(.+)"$', (LOCALES / f"{language}.po").read_text(encoding="utf-8"), re.MULTILINE)
    assert [key for key, times in Counter(ids).items() if times > 1] == []
    assert [key for key, message in catalogue(language).items() if not message.strip()] == []


def test_both_languages_name_the_same_values_in_a_message() -> None:
    english = catalogue("en")
    different = {k: m for k, m in catalogue("zh").items() if placeholders(m) != placeholders(english[k])}
    assert different == {}


def test_every_value_is_filled_in_by_a_family_that_exists() -> None:
    assert {form for message in catalogue(DEFAULT).values() for _, form in placeholders(message)} <= FORMATS


@pytest.mark.parametrize("family", FAMILIES)
def test_every_member_of_a_family_has_its_word(family: str) -> None:
    assert keys(family) == FAMILIES[family]


def test_every_refusal_of_the_code_has_its_sentence_and_no_sentence_is_left_over() -> None:
    assert keys("refusal") == set(spoken.refusals())


def test_a_refusal_names_only_what_every_place_that_raises_it_gives() -> None:
    wanting = {
        code
        for code, places in spoken.refusals().items()
        for given in places
        if not {name for name, _ in placeholders(catalogue(DEFAULT)[f"refusal.{code}"])} <= given
    }
    assert wanting == set()


def test_every_code_of_an_import_problem_is_given_somewhere() -> None:
    assert set(get_args(import_problems.Code)) <= spoken.words("models", beside="Code") | spoken.words(
        "domain", beside="Code"
    )


def test_a_sentence_about_an_import_problem_names_only_what_a_problem_has() -> None:
    named = {n for k, m in catalogue(DEFAULT).items() if k.startswith("import_problem.") for n, _ in placeholders(m)}
    assert named <= {"row", "column", "value", "limit", "unit", "form"}


def test_every_sentence_about_a_field_is_said_of_an_error_that_exists() -> None:
    types = {*get_args(ErrorType), *spoken.custom_errors()}
    assert set(field_problems.SAME_AS) <= types
    ours = {field_problems.OTHER, field_problems.OR_EMPTY, field_problems.UNFIT_POLICY}
    assert keys("field") <= types - set(field_problems.SAME_AS) | ours
    assert {*field_problems.SAME_AS.values(), *ours} <= keys("field")


def test_every_notification_of_the_domain_has_subject_and_body_and_none_is_left_over() -> None:
    assert keys("notification") == {
        f"{kind}.{part}"
        for kind in {*spoken.first_arguments("Notification"), alarms.KIND}
        for part in ("subject", "body")
    }


def test_a_notifications_subject_names_the_leaver_and_nothing_else() -> None:
    subjects = {k: placeholders(m) for k, m in catalogue(DEFAULT).items() if k.endswith(".subject")}
    assert subjects.pop(f"notification.{alarms.KIND}.subject") == set(), "it is about no case"
    assert {key for key, named in subjects.items() if named != {("leaver", "")}} == set()


def test_every_failure_status_of_the_api_has_a_title() -> None:
    assert spoken.http_statuses() <= keys("status")


def test_every_key_that_code_or_template_asks_for_is_there_and_no_key_is_left_over() -> None:
    asked = {key for key in spoken.literal_keys() if re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", key)}
    assert asked <= catalogue(DEFAULT).keys()
    families = {*FAMILIES, "refusal", "notification", "status", "field"}
    assert {key for key in catalogue(DEFAULT) if key.partition(".")[0] not in families} == asked


def test_chinese_has_chinese_punctuation_and_speaks_politely() -> None:
    messages = {key: re.sub(r"\{[^}]*\}", "", message) for key, message in catalogue("zh").items()}
    assert {key for key, message in messages.items() if re.search(r"[\u4e00-\u9fff][,;:?!.()]", message)} == set()
    assert {key for key, message in messages.items() if "你" in message} == set()


def test_english_holds_no_chinese() -> None:
    assert {key for key, message in catalogue("en").items() if re.search(r"[\u3000-\u9fff]", message)} == set()


@pytest.mark.filterwarnings("default::texts.MissingText")
def test_a_missing_message_shows_its_key_and_warns() -> None:
    with pytest.warns(MissingText, match=r"no\.such\.key"):
        assert text("no.such.key", "en") == "no.such.key"


@pytest.mark.filterwarnings("default::texts.MissingText")
def test_a_missing_value_shows_its_name_and_warns() -> None:
    with pytest.warns(MissingText, match="hours"):
        assert "{hours}" in text("refusal.grant.hours_out_of_range", "en")


def test_an_unknown_language_is_answered_in_chinese() -> None:
    assert text("none", "fr") == "无"


def test_braces_in_a_value_are_not_filled_in_again() -> None:
    assert "“{item.__class__}”" in text("refusal.item.unknown", "en", item="{item.__class__}")


def test_nothing_is_filled_in_as_none() -> None:
    assert text("refusal.grant.wider_than_frozen", "zh", rights="view", frozen="").endswith("可以申请的权限：无。")


def test_values_that_have_a_word_of_their_own_are_said_by_it() -> None:
    refused = text("refusal.clearance.not_pending", "zh", department="finance", status="sent_back")
    assert "（状态：已退回）" in refused
    assert "人事专员和系统管理员" in text("refusal.api.role_needed", "zh", roles="hr, administrator")


def test_a_day_is_written_as_the_language_writes_it() -> None:
    assert day("2026-12-23", "zh") == "2026年12月23日"
    assert day(date(2026, 12, 23), "en") == "23 December 2026"
    assert day("soon", "en") == "soon"


def test_an_instant_is_shown_on_the_readers_wall_clock() -> None:
    instant = datetime(2026, 7, 1, 1, 30, tzinfo=UTC)
    assert moment(instant, "zh", "Asia/Shanghai") == "2026年7月1日 周三 09:30 (GMT+08:00)"
    assert moment(instant, "en", "America/New_York") == "Tue 30 June 2026, 21:30 (GMT-04:00)"


def test_a_deadline_at_midnight_is_24_oclock_of_the_day_before() -> None:
    assert moment(MIDNIGHT, "zh", "Asia/Shanghai", deadline=True) == "2026年12月23日 周三 24:00 (GMT+08:00)"
    assert moment(MIDNIGHT, "en", "Asia/Shanghai", deadline=True) == "Wed 23 December 2026, 24:00 (GMT+08:00)"
    assert moment(MIDNIGHT, "en", "Asia/Shanghai") == "Thu 24 December 2026, 00:00 (GMT+08:00)"
    assert moment(MIDNIGHT, "en", "Europe/London", deadline=True) == "Wed 23 December 2026, 16:00 (GMT+00:00)"


def test_names_are_listed_as_the_language_lists_them() -> None:
    assert listed(["a", "b", "c"], "zh") == "a、b和c"
    assert listed(["a", "b", "c"], "en") == "a, b, and c"
    assert listed([], "en") == "none"
