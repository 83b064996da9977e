"""On which of the desk's brands a shelf is shown."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "faq_shelf_brand",
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("brand", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["faq_category.id"],
            ondelete="CASCADE",
            name="fk_faq_shelf_brand_category_id_faq_category",
        ),
        sa.PrimaryKeyConstraint("category_id", "brand", name="pk_faq_shelf_brand"),
    )
