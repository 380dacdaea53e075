def owners(ids, orders, names)
  ids.each do |id|
    # ruleid: ruby-query-per-item
    puts User.find(id).name
  end
  orders.map { |order|
    # ruleid: ruby-query-per-item
    User.find_by(id: order.user_id)
  }
  # ok: ruby-query-per-item
  User.where(id: ids).each { |user| puts user.name }
  ids.each do |id|
    # ok: ruby-query-per-item
    puts names.find(id)
  end
end
