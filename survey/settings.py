"""Settings: from PEGEL_* in the environment, then pegel.toml, then the defaults."""

from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from survey.errors import SurveyError

LOCAL = ("localhost", "127.0.0.1", "::1")  # names of the machine that Pegel runs on


def _by_https(given: dict[str, Any]) -> bool:
    """Whether staff log in over HTTPS, so that the cookie need not travel otherwise."""
    address: str = given.get("staff_url") or given.get("base_url") or ""
    return address.startswith("https:")


class Settings(BaseSettings):
    """Where Pegel keeps its data and how it is reached; what protects people is no setting."""

    model_config = SettingsConfigDict(
        env_prefix="PEGEL_",
        toml_file="pegel.toml",
        extra="ignore",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
    )

    data: Path = Path("pegel-data")
    database: str = Field(
        default="", validation_alias=AliasChoices("PEGEL_DATABASE_URL", "PEGEL_DATABASE")
    )
    keys: Path | None = None
    verify_key: str = ""
    base_url: str = "http://127.0.0.1:8000"
    staff_url: str = ""
    serves: Literal["all", "respond", "staff"] = "all"
    behind_proxy: bool = False
    secure_cookies: bool = Field(default_factory=_by_https)

    @cached_property
    def database_url(self) -> str:
        """The SQLAlchemy URL; by default a SQLite file in the data folder."""
        return self.database or f"sqlite:///{(self.data / 'pegel.sqlite').absolute()}"

    @cached_property
    def staff_address(self) -> str:
        """The address of the staff pages; by default that of the respondents."""
        return (self.staff_url or self.base_url).rstrip("/")

    @cached_property
    def has_two_addresses(self) -> bool:
        """Whether respondents and staff are served at addresses of their own."""
        return self.staff_address != self.base_url.rstrip("/")

    @cached_property
    def key_folder(self) -> Path:
        """The folder of private keys, which only the keeper opens."""
        return self.keys or self.data / "keys"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(data: Path | None = None) -> Settings:
    """The settings in force; `data` overrides the data folder.

    Raises:
        SurveyError: a value cannot be used; names the first one.
    """
    try:
        return Settings() if data is None else Settings(data=data)
    except (ValidationError, ValueError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        place = "PEGEL_" + "_".join(map(str, first["loc"])).upper() if first else "pegel.toml"
        said = first["msg"] if first else str(error)
        raise SurveyError(
            "settings",
            f"This setting cannot be used: {said}.",
            "Correct or remove it.",
            place=place,
        ) from error
