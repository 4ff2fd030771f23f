"""What every employer in the country has to do with offices (CRT-02, CRT-03); regions add their own."""

from domain.obligations import DutyKind

EVERYWHERE = (DutyKind.UNEMPLOYED_LIST, DutyKind.ARCHIVES_AND_INSURANCE, DutyKind.HOUSING_FUND)
