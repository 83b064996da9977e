"""The plugin's table."""

from sqlalchemy import MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from novantic_core.plugin import NAMING_CONVENTION, core_key


class Base(DeclarativeBase):
    """Constraints are named as the core names its own: a later migration can then speak of them."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class ServiceLevel(Base):
    """The least that a ticket of an organisation has. The row goes with the organisation."""

    __tablename__ = "service_levels_level"

    organisation_id: Mapped[int] = mapped_column(core_key("organisation"), primary_key=True, autoincrement=False)
    priority: Mapped[str] = mapped_column(String(64))
    """The key of a priority; one that the site no longer has counts for nothing."""
