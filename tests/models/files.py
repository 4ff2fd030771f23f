"""A small company as files, for the tests of imports."""

from typing import Any

from sqlalchemy import Engine
from sqlmodel import select

from models import imports
from models.database import reading
from models.imports import ImportReport

DEPARTMENTS = "key,name_zh,name_en,head\nsales,销售部,Sales,S1\nit,信息技术部,IT,\n"
EMPLOYEES = (
    "number,name,department,job,title,manager,hired_on,probation_until\n"
    "S1,王建国,sales,director,销售总监,,2010-04-19,\n"
    "S2,林晓,sales,salesperson,客户经理,S1,2016/3/14,\n"
    "S3,宋佳,sales,salesperson,客户经理,S1,2026年10月12日,2027-04-11\n"
)
ACCOUNTS = (
    "login,name,email,employee_number,roles,language,time_zone,password\n"
    "lin.xiao,林晓,lin@example.com,S2,,zh,Asia/Shanghai,a long pass phrase\n"
    "wang,王建国,,S1,hr;security,en,,\n"
)
SYSTEMS = (
    "key,name_zh,name_en,connector,url,secret\ncrm,客户,CRM,wanbi,,\nerp,订单,ERP,webhook,https://erp.example/h,erp\n"
)
RIGHTS = "system,right,name_zh,name_en,frozen_on_notice\ncrm,view,查看,View,no\ncrm,export,导出,Export,是\n"
ENTITLEMENTS = "employee_number,system,right\nS2,crm,view\nS2,crm,export\nS3,crm,view\n"
FILES = {
    "departments": DEPARTMENTS,
    "employees": EMPLOYEES,
    "accounts": ACCOUNTS,
    "systems": SYSTEMS,
    "rights": RIGHTS,
    "entitlements": ENTITLEMENTS,
}


def run(
    engine: Engine, kind: str, text: str | bytes, *, dry_run: bool = False, importer: str | None = None
) -> ImportReport:
    content = text if isinstance(text, bytes) else text.encode()
    return imports.run(engine, kind, content, dry_run=dry_run, importer=importer)


def said(report: ImportReport) -> list[tuple[int, str, str, str]]:
    return [(p.row, p.column, p.code, p.value) for p in report.problems]


def found(engine: Engine, table: Any, **values: Any) -> Any:
    with reading(engine) as session:
        return session.exec(select(table).filter_by(**values)).one_or_none()
