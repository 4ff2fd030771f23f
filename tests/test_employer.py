"""In whose name papers are issued: set by the operator in production, the sample company's in a demo, never guessed."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from commands.sample import COMPANY
from tests.builders import settings

POSTGRES = "postgresql+psycopg://wanbi@db/wanbi"


def test_production_does_not_start_without_the_employers_name() -> None:
    for name in ("", "  "):
        with pytest.raises(ValidationError, match="WANBI_COMPANY_NAME"):
            settings(Path("x"), environment="production", database_url=POSTGRES, company_name=name)
    named = settings(Path("x"), environment="production", database_url=POSTGRES, company_name=" 甲公司 ")
    assert named.employer == "甲公司"


def test_a_demos_papers_carry_the_sample_companys_name_unless_another_is_set() -> None:
    assert settings(Path("x"), environment="demo", company_name="").employer == COMPANY
    assert settings(Path("x"), environment="demo", company_name="甲公司").employer == "甲公司"
    assert settings(Path("x"), company_name="").employer == ""
