"""External identities: which account a login at another service opens; and whether an account's address is proved.

A user's own request sees none of them, and may only say that a new address is not proved.

Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"

TABLE = """
    CREATE TABLE external_identities (
        user_id uuid CONSTRAINT fk_external_identities_user_id REFERENCES users (id) ON DELETE CASCADE,
        id uuid,
        issuer text COLLATE "C" NOT NULL
            CONSTRAINT ck_external_identities_issuer_length CHECK (char_length(issuer) BETWEEN 1 AND 255),
        subject text COLLATE "C" NOT NULL
            CONSTRAINT ck_external_identities_subject_length CHECK (char_length(subject) BETWEEN 1 AND 255),
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_external_identities PRIMARY KEY (user_id, id),
        CONSTRAINT uq_external_identities_issuer_subject UNIQUE (issuer, subject)
    )
"""

OWNER = "(SELECT nullif(current_setting('app.user_id', true), '')::uuid)"

PROTECTION = (
    "ALTER TABLE external_identities ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE external_identities FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY owner ON external_identities TO todo_app USING (user_id = {OWNER}) WITH CHECK (user_id = {OWNER})",
    "CREATE POLICY system ON external_identities TO todo_system USING (true) WITH CHECK (true)",
    "GRANT SELECT, INSERT, DELETE ON external_identities TO todo_system",
)

PROOF = (
    "ALTER TABLE users ADD COLUMN email_verified_at timestamptz",
    "GRANT UPDATE (email_verified_at) ON users TO todo_app",
)


def upgrade() -> None:
    for statement in (*PROOF, TABLE, *PROTECTION):  # the strongest lock on users first: raised later, it can deadlock
        op.execute(statement)


def downgrade() -> None:
    op.execute("ALTER TABLE users DROP COLUMN email_verified_at")
    op.execute("DROP TABLE external_identities")
