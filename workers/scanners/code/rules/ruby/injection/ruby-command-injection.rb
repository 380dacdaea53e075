class ToolsController < ApplicationController
  def ping
    host = params[:host]
    # ruleid: ruby-command-injection
    system("ping -c 1 #{host}")
    # ruleid: ruby-command-injection
    output = `dig #{host}`
    # ruleid: ruby-command-injection
    Open3.capture3("du -s " + params[:folder])
    render plain: output
  end

  def safe
    # ok: ruby-command-injection
    system("ping", "-c", "1", params[:host])
    # ok: ruby-command-injection
    system("ping -c 1 #{Shellwords.escape(params[:host])}")
    # ok: ruby-command-injection
    output = `uptime`
    render plain: output
  end
end
