"""The base of all config models."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Base of all config sections: frozen, and a key that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
