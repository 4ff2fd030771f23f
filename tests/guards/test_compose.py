"""The production set is what docs/operations.md says: valid, complete, closed to the outside, limited, pinned."""

import re
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # ships no types
from compose_spec import PyOptions

from commands.namespace import RETENTION
from config import Settings
from tests.guards.production import (
    JOBS,
    PROCESSES,
    RAW,
    ROOT,
    TEXT,
    VARIABLE,
    WANBI,
    Missing,
    environment,
    make_env,
    read_env,
    resolved,
)


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return make_env(tmp_path_factory.mktemp("env"))


@pytest.fixture(scope="module")
def services(env: dict[str, str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = resolved(RAW, env)["services"]
    return found


def test_the_file_is_valid_against_the_compose_specification(env: dict[str, str]) -> None:
    compose = PyOptions(apply_merge=True).from_yaml(yaml.safe_dump(resolved(RAW, env)))
    compose.validate()
    compose.to_spec()
    assert set(compose.service_names()) == set(RAW["services"])


@pytest.mark.parametrize(
    ("right", "wrong"), [("restart: unless-stopped", "restart: sometimes"), ("healthcheck:", "healthchek:")]
)
def test_the_check_against_the_specification_sees_mistakes(right: str, wrong: str, env: dict[str, str]) -> None:
    assert right in TEXT
    broken = resolved(yaml.safe_load(TEXT.replace(right, wrong)), env)
    with pytest.raises(ValueError, match=r".+"):
        PyOptions(apply_merge=True).from_yaml(yaml.safe_dump(broken)).to_spec()


def test_every_variable_is_explained_in_env_example_and_nothing_else_is() -> None:
    passed_on = {
        name
        for service in RAW["services"].values()
        for name, value in service.get("environment", {}).items()
        if value is None
    }
    assert {found["name"] for found in VARIABLE.finditer(TEXT)} | passed_on == set(read_env(ROOT / ".env.example"))


def test_defaults_in_the_file_are_those_of_env_example() -> None:
    example = read_env(ROOT / ".env.example")
    defaults = {found["name"]: found["rest"] for found in VARIABLE.finditer(TEXT) if found["operator"] == ":-"}
    assert {name: example[name] for name in defaults} == defaults


def test_env_example_holds_no_secret_and_a_missing_one_stops_the_start() -> None:
    example = read_env(ROOT / ".env.example")
    secret = {name for name in example if re.search(r"_KEYS$|PASSWORD$|SECRET$|PASSPHRASE$|PIN$", name)}
    assert not any(example[name] for name in secret)
    bought = {"WANBI_PKCS11_PIN", "WANBI_LICENSED_CA_SECRET", "WANBI_ANCHOR_SECRET"}
    needed = secret - {"WANBI_SMTP_PASSWORD", "TEMPORAL_UI_AUTH_CLIENT_SECRET"} - bought
    for name in needed | {"WANBI_PUBLIC_URL", "WANBI_COMPANY_NAME"}:
        given = {other: "x" for other in example if other != name}
        with pytest.raises(Missing, match=name):
            resolved(RAW, given)


@pytest.mark.parametrize("name", sorted(WANBI))
def test_every_process_of_ours_starts_from_the_settings_it_is_given(
    name: str, services: dict[str, dict[str, Any]], env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = environment(services[name], env)
    assert {variable.removeprefix("WANBI_").lower() for variable in given} <= set(Settings.model_fields)
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    settings = Settings(_env_file=None)
    assert settings.environment == "production"
    assert settings.url.startswith("postgresql+psycopg://")
    assert settings.temporal_address == "temporal:7233"


def test_workers_of_the_two_queues_scale_apart_and_only_the_access_workers_hold_connector_secrets(
    services: dict[str, dict[str, Any]], env: dict[str, str]
) -> None:
    queues = {name: services[name].get("environment", {}).get("WANBI_WORKER_QUEUES") for name in WANBI}
    assert queues["wanbi-worker-cases"] == "cases"
    assert queues["wanbi-worker-access"] == "access"
    holders = {name for name, service in services.items() if "WANBI_WEBHOOK_SECRETS" in service.get("environment", {})}
    assert holders == {"wanbi-worker-access"}


def test_only_those_that_sign_can_open_the_keys_and_only_the_ceremony_can_change_them(
    services: dict[str, dict[str, Any]],
) -> None:
    knowing = {name for name in WANBI if "WANBI_KEYS_PASSPHRASE" in services[name].get("environment", {})}
    mounted = {name: services[name]["volumes"] for name in WANBI if "volumes" in services[name]}
    assert knowing == set(mounted) == {"wanbi-ceremony", "wanbi-worker-cases", "wanbi-api"}
    assert {name for name, volumes in mounted.items() if volumes == ["keys:/keys"]} == {"wanbi-ceremony"}
    assert {name for name, volumes in mounted.items() if volumes == ["keys:/keys:ro"]} == knowing - {"wanbi-ceremony"}


def test_only_migrations_connect_as_the_owner_of_the_tables(services: dict[str, dict[str, Any]]) -> None:
    users = {name: services[name]["environment"]["WANBI_DATABASE_URL"].split("//")[1].split(":")[0] for name in WANBI}
    assert {name for name, user in users.items() if user == "wanbi_owner"} == {"wanbi-migrate"}


@pytest.mark.parametrize("name", sorted(RAW["services"]))
def test_every_service_is_limited_and_restarts_or_is_a_job(name: str, services: dict[str, dict[str, Any]]) -> None:
    service = services[name]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service["restart"] == ("no" if name in JOBS else "unless-stopped")
    assert ("healthcheck" in service) is (name not in JOBS)
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", sorted(WANBI))
def test_our_containers_can_neither_write_their_files_nor_gain_rights(
    name: str, services: dict[str, dict[str, Any]]
) -> None:
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["tmpfs"] == ["/tmp"]  # noqa: S108
    assert "USER 10001:10001" in (ROOT / "Dockerfile").read_text()


def test_only_the_api_and_the_ui_are_published_and_only_on_the_host_itself(services: dict[str, dict[str, Any]]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"wanbi-api": ["127.0.0.1:8000:8000"], "temporal-ui": ["127.0.0.1:8233:8080"]}


def test_postgresql_and_temporal_are_reachable_from_inside_only(services: dict[str, dict[str, Any]]) -> None:
    inside = {name for name, network in RAW["networks"].items() if network.get("internal")}
    for name in ("postgres", "temporal", "databases", "temporal-schema", "temporal-init", "wanbi-migrate"):
        assert set(services[name]["networks"]) <= inside, name
    assert "database" not in services["temporal-ui"]["networks"]
    assert {name for name, s in services.items() if "outside" in s["networks"]} == PROCESSES | {"temporal-ui"}


@pytest.mark.parametrize("name", sorted(RAW["services"]))
def test_images_are_pinned_to_an_exact_version(name: str, services: dict[str, dict[str, Any]]) -> None:
    assert re.fullmatch(r"[\w./-]+:\d+\.\d+(\.\d+)?[\w.-]*(@sha256:[0-9a-f]{64})?", services[name]["image"])


def test_data_lives_on_a_named_volume_where_this_major_version_keeps_it(services: dict[str, dict[str, Any]]) -> None:
    postgres = services["postgres"]
    assert int(postgres["image"].split(":")[1].split(".")[0]) >= 18
    assert postgres["volumes"] == ["postgres:/var/lib/postgresql"]
    assert "postgres" in RAW["volumes"]
    assert services["temporal"]["environment"]["NUM_HISTORY_SHARDS"] == "512"


@pytest.mark.parametrize("name", sorted(RAW["services"]))
def test_whoever_is_waited_for_can_be_waited_for(name: str, services: dict[str, dict[str, Any]]) -> None:
    for other, wait in services[name].get("depends_on", {}).items():
        expected = "service_completed_successfully" if other in JOBS else "service_healthy"
        assert wait["condition"] == expected, f"{name} waits for {other}"


def test_the_namespace_is_made_by_the_code_that_names_its_search_attributes(
    services: dict[str, dict[str, Any]], env: dict[str, str]
) -> None:
    assert services["temporal-init"]["command"] == ["python", "-m", "commands.setup", "--only", "temporal"]
    assert services["wanbi-migrate"]["command"] == ["python", "-m", "commands.setup", "--only", "database"]
    default = Settings.model_fields["temporal_namespace"].default
    assert environment(services["temporal-init"], env)["WANBI_TEMPORAL_NAMESPACE"] == default
    assert RETENTION.days == 90
