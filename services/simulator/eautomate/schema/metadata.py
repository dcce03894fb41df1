"""Where the product's tables belong."""

from sqlalchemy import MetaData

METADATA = MetaData(schema="dbo")
