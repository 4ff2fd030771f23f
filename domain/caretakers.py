"""Who looks after what is left when somebody has gone: people come and go in the years that it takes."""

from domain.case import Case


def asked(case: Case) -> tuple[str, ...]:
    """Who does what is left: HR in charge, or counsel once that person has left. Any HR officer may enter it."""
    return _counsel(case) if case.agreed.hr in case.departed else (case.agreed.hr,)


def alarmed(case: Case) -> tuple[str, ...]:
    """Who hears of what was missed."""
    return tuple(dict.fromkeys((*asked(case), *_counsel(case))))


def _counsel(case: Case) -> tuple[str, ...]:
    return tuple(account for account in case.agreed.counsel if account not in case.departed)
