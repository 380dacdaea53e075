from sqlalchemy import select


def owners(session, orders, chunks):
    for order in orders:
        # ruleid: python-query-per-item-sqlalchemy
        user = session.get(User, order.user_id)
        # ruleid: python-query-per-item-sqlalchemy
        line = session.scalar(select(Line).where(Line.order_id == order.id))
        # ruleid: python-query-per-item-sqlalchemy
        note = session.query(Note).filter_by(order_id=order.id).first()
        print(user, line, note)


def safe(session, orders, chunks, client):
    ids = [order.user_id for order in orders]
    # ok: python-query-per-item-sqlalchemy
    for user in session.scalars(select(User).where(User.id.in_(ids))):
        print(user)
    for chunk in chunks:
        # ok: python-query-per-item-sqlalchemy
        print(session.scalars(select(User).where(User.id.in_(chunk))).all())
    for name in ids:
        # ok: python-query-per-item-sqlalchemy
        client.cache.get(name)
