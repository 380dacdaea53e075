class HelloController < ApplicationController
  def show
    # ruleid: ruby-xss
    "<p>Hello #{params[:name]}</p>".html_safe
    # ruleid: ruby-xss
    raw(params[:note])
  end

  def safe
    # ok: ruby-xss
    "<p>Hello #{h(params[:name])}</p>".html_safe
    # ok: ruby-xss
    raw("<p>Hello</p>")
    # ok: ruby-xss
    render plain: params[:name]
  end
end
