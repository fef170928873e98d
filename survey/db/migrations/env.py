"""Alembic runs this for every migration, on the connection that `survey.db.engine` hands over."""

from alembic import context

from survey.db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
