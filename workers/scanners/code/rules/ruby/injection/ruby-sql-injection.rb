class OrdersController < ApplicationController
  COLUMNS = { "name" => "name" }.freeze

  def index
    name = params[:customer]
    # ruleid: ruby-sql-injection
    @orders = Order.where("customer = '#{name}'")
    # ruleid: ruby-sql-injection
    Order.where("status = '" + params[:status] + "'")
    # ruleid: ruby-sql-injection
    ActiveRecord::Base.connection.execute("SELECT id FROM orders WHERE name = '#{name}'")
    # ruleid: ruby-sql-injection
    Order.order(params[:sort])
  end

  def safe
    # ok: ruby-sql-injection
    Order.where(customer: params[:customer])
    # ok: ruby-sql-injection
    Order.where("customer = ?", params[:customer])
    # ok: ruby-sql-injection
    Order.where("id = #{params[:id].to_i}")
    # ok: ruby-sql-injection
    Order.order(COLUMNS.fetch(params[:sort]))
  end
end
