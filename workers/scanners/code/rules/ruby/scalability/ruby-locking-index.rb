class IndexOrders < ActiveRecord::Migration[7.1]
  def up
    # ruleid: ruby-locking-index
    add_index :orders, :customer_id
    # ok: ruby-locking-index
    add_index :orders, :status, algorithm: :concurrently
  end

  def change
    create_table :notes do |t|
      t.integer :order_id
    end
    # ok: ruby-locking-index
    add_index :notes, :order_id
  end
end
