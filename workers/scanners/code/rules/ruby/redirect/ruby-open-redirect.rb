class LoginController < ApplicationController
  def create
    # ruleid: ruby-open-redirect
    redirect_to params[:next]
    target = params[:to]
    # ruleid: ruby-open-redirect
    redirect_to(target, status: 303)
  end

  def safe
    # ok: ruby-open-redirect
    redirect_to item_path(params[:id])
    # ok: ruby-open-redirect
    redirect_to "/items/#{params[:id]}"
    # ok: ruby-open-redirect
    redirect_to url_from(params[:to])
  end
end
