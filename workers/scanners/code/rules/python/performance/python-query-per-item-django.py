def titles(ids, orders):
    for pk in ids:
        # ruleid: python-query-per-item-django
        book = Book.objects.get(pk=pk)
        print(book.title)
    for order in orders:
        # ruleid: python-query-per-item-django
        lines = Line.objects.filter(order=order.id).count()
        # ruleid: python-query-per-item-django
        Note.objects.create(order_id=order.pk, text="seen")
        print(lines)


def safe(ids, chunks):
    # ok: python-query-per-item-django
    for book in Book.objects.filter(pk__in=ids):
        print(book.title)
    for chunk in chunks:
        # ok: python-query-per-item-django
        print(Book.objects.filter(pk__in=chunk).count())
    for name in ids:
        # ok: python-query-per-item-django
        registry.objects.get(key=name)
    # ok: python-query-per-item-django
    return Book.objects.get(pk=ids[0])
